package train

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/rundir"
)

// refuseHeld refuses a directory that already holds a run, unless the run is to be resumed.
func refuseHeld(c Config) error {
	if c.Directory == "" || c.Resume || !rundir.HoldsRun(c.Directory) {
		return nil
	}
	unlock, err := rundir.Lock(c.Directory) // if that run is still going on, say so instead
	if err != nil {
		return err
	}
	unlock()
	return &rundir.HeldError{Directory: c.Directory}
}

// openDirectory creates and locks the directory of a run. close unlocks it, and removes it again if the run did not
// begin.
func (c Config) openDirectory() (close func(), err error) {
	if c.Directory == "" {
		return func() {}, nil
	}
	if err := refuseHeld(c); err != nil {
		return nil, err
	}
	made, err := makeDirectory(c.Directory)
	if err != nil {
		return nil, err
	}
	unlock, err := rundir.Lock(c.Directory)
	if err != nil {
		return nil, err
	}
	if err := c.refuseOther(); err != nil {
		unlock()
		return nil, err
	}
	return func() {
		if !rundir.HoldsRun(c.Directory) {
			os.Remove(filepath.Join(c.Directory, dataset.TokensFile))
			os.Remove(filepath.Join(c.Directory, rundir.LockFile))
		}
		unlock()
		for _, dir := range made {
			os.Remove(dir) // which fails if it is not empty
		}
	}, nil
}

// makeDirectory creates a directory and its parents. It returns those that did not exist, the innermost first.
func makeDirectory(dir string) (made []string, err error) {
	for parent := filepath.Clean(dir); ; parent = filepath.Dir(parent) {
		if _, err := os.Stat(parent); !errors.Is(err, fs.ErrNotExist) {
			break
		}
		made = append(made, parent)
		if parent == filepath.Dir(parent) {
			break
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, files.Reason(err))
	}
	return made, nil
}

// refuseOther checks, now that the directory is locked, that no run began there since refuseHeld, and compares the
// settings of a run that is resumed.
func (c Config) refuseOther() error {
	if !rundir.HoldsRun(c.Directory) {
		return nil
	}
	if !c.Resume {
		return &rundir.HeldError{Directory: c.Directory}
	}
	return c.compareSettings()
}

// beginDirectory restores the run if it is resumed, writes the files with which every run begins, and returns the
// history of the steps made before.
func (r *run) beginDirectory() (before []Record, err error) {
	dir := r.config.Directory
	if dir == "" {
		return nil, nil
	}
	now, err := r.config.settings()
	if err != nil {
		return nil, err
	}
	if r.config.Resume && rundir.HoldsRun(dir) {
		if before, err = r.restore(); err != nil {
			return nil, err
		}
	}
	if err := files.WriteJSON(filepath.Join(dir, rundir.SettingsFile), now); err != nil {
		return nil, err
	}
	if err := r.model.SaveDescription(dir); err != nil {
		return nil, err
	}
	r.history, err = rundir.OpenHistory(dir, before)
	return before, err
}

// restore returns to the newest valid checkpoint, and returns the history up to it.
func (r *run) restore() ([]rundir.Record, error) {
	dir := r.config.Directory
	checkpoint, at, err := rundir.Newest(dir, r.config.Warn)
	if err != nil {
		return nil, err
	}
	if checkpoint == "" {
		if _, err := os.Stat(filepath.Join(dir, rundir.WeightsFile)); err == nil {
			return nil, &FinishedError{dir}
		}
		r.config.Warn(dir + " has no checkpoint yet: starting from the beginning")
		return nil, nil
	}
	if at.CorpusSHA256 != r.position.CorpusSHA256 && !r.config.AllowChangedText {
		return nil, &ChangedTextError{Now: r.position.CorpusSHA256, Before: at.CorpusSHA256, File: checkpoint}
	}
	if err := r.refuseOtherTokens(checkpoint); err != nil {
		return nil, err
	}
	changed := at.CorpusSHA256 != r.position.CorpusSHA256
	at.CorpusSHA256 = r.position.CorpusSHA256
	r.position = at
	if err := r.checkPosition(checkpoint, changed); err != nil {
		return nil, err
	}
	if err := r.model.LoadWeights(checkpoint); err != nil {
		return nil, err
	}
	if err := r.restoreTraining(checkpoint); err != nil {
		return nil, err
	}
	if changed && at.Index >= r.source.PerEpoch() { // the text is shorter now
		p := &r.position
		p.Epoch, p.Index, p.EpochLoss, p.EpochCount, p.Pending = p.Epoch+1, 0, 0, 0, nil
		r.step.reset()
	}
	r.checkBest()
	r.config.Warn(fmt.Sprintf("resuming after step %d from %s; to begin anew, delete %s", at.Step, checkpoint, dir))
	if at.Step >= r.steps {
		r.config.Warn(fmt.Sprintf("no step is left to make: the run has made %d, and its settings ask for %d",
			at.Step, r.steps))
	}
	records, err := rundir.ReadHistory(checkpoint)
	records = slices.DeleteFunc(records, func(record rundir.Record) bool {
		// The run ended within this epoch, and now the epoch goes on.
		return record.Kind == "epoch" && record.Epoch > at.Epoch && at.Step < r.steps
	})
	for _, record := range records {
		if record.Kind == "epoch" {
			r.trainLoss, r.validLoss = record.Loss, record.ValidLoss
		}
	}
	return records, err
}

// checkPosition refuses a position that no run with these settings can have saved: a batch outside the text would crash
// the program. changed reports that the text has changed.
func (r *run) checkPosition(checkpoint string, changed bool) error {
	at, path := r.position, filepath.Join(checkpoint, rundir.PositionFile)
	if name := filepath.Base(checkpoint); at.Step < 0 || name != rundir.CheckpointName(at.Step) {
		return fmt.Errorf("%s: step is %d, but the checkpoint is called %s", path, at.Step, name)
	}
	var list problems
	within := func(name string, value, least, most int) {
		if value < least || value > most {
			list.add("%s is %d; it must be from %d to %d", name, value, least, most)
		}
	}
	last := r.source.PerEpoch() - 1
	if pending := at.Pending; pending != nil {
		last++
		if pending.Step != at.Step || pending.Epoch != at.Epoch+1 {
			list.add("the pending record is of step %d in epoch %d; it must be of step %d in epoch %d",
				pending.Step, pending.Epoch, at.Step, at.Epoch+1)
		}
	}
	if changed {
		last = at.Step
	}
	within("index", at.Index, 0, min(last, at.Step))
	within("epoch", at.Epoch, 0, at.Step)
	within("skipped", at.Skipped, 0, at.Step)
	within("skipped_in_row", at.SkippedInRow, 0, at.Skipped)
	within("schedule.waited", at.Plateau.Waited, 0, at.Step)
	within("schedule.divided", at.Plateau.Divided, 0, at.Step)
	if at.Best != nil {
		within("best.step", at.Best.Step, 1, at.Step)
		within("best.epoch", at.Best.Epoch, 1, at.Epoch+1)
	}
	list.notNegative("epoch_count", at.EpochCount)
	list.notNegative("seconds", at.Seconds)
	if list != nil {
		return fmt.Errorf("%s: %w", path, oneline.Join(list))
	}
	return nil
}

// refuseOtherTokens refuses a checkpoint whose ids stand for other tokens.
func (r *run) refuseOtherTokens(checkpoint string) error {
	d, err := lmkit.ReadDescription(checkpoint)
	if err != nil {
		return err
	}
	if !canBe(r.model.Tokenizer, d.Tokenizer) || !slices.Equal(r.model.Vocabulary.Tokens(), d.Vocabulary.Tokens()) {
		return &ChangedTokensError{Directory: r.config.Directory, Checkpoint: checkpoint}
	}
	return nil
}
