package lmkit

import (
	"fmt"
	"os"
	"path/filepath"
)

// refuseHeld refuses a directory that holds a run already, unless that is to be resumed.
func refuseHeld(c TrainConfig) error {
	if c.Directory == "" || c.Resume || !holdsRun(c.Directory) {
		return nil
	}
	unlock, err := lockDirectory(c.Directory) // a run under way is the better reason
	if err != nil {
		return err
	}
	unlock()
	return fmt.Errorf("%s already holds a model or a run; pass --resume to go on with it, or choose another directory", c.Directory)
}

// openDirectory makes and locks the run's directory, restores what a run that is resumed left there, and writes
// what it holds from the beginning.
func (r *run) openDirectory() (unlock func(), err error) {
	dir := r.config.Directory
	if dir == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, reason(err))
	}
	if !r.config.Resume && holdsRun(dir) { // another run began since newRun looked
		return nil, refuseHeld(r.config)
	}
	if unlock, err = lockDirectory(dir); err != nil {
		return nil, err
	}
	if err := r.beginDirectory(dir); err != nil {
		unlock()
		return nil, err
	}
	return unlock, nil
}

func (r *run) beginDirectory(dir string) error {
	now, err := r.config.settings()
	if err != nil {
		return err
	}
	var records []Record
	if r.config.Resume && holdsRun(dir) {
		if err := compareSettings(dir, now, r.config.Warn); err != nil {
			return err
		}
		if records, err = r.restore(); err != nil {
			return err
		}
	}
	if err := writeJSON(filepath.Join(dir, settingsFile), now); err != nil {
		return err
	}
	if err := r.model.saveDescription(dir); err != nil {
		return err
	}
	r.history, err = openHistory(dir, records)
	return err
}

// restore goes back to the newest whole checkpoint, and returns the history up to it.
func (r *run) restore() ([]Record, error) {
	dir := r.config.Directory
	checkpoint, at, err := newestCheckpoint(dir, r.config.Warn)
	if err != nil {
		return nil, err
	}
	if checkpoint == "" {
		if _, err := os.Stat(filepath.Join(dir, weightsFile)); err == nil {
			return nil, fmt.Errorf("%s holds a finished run without checkpoints, so there is nothing to resume; train on from its weights with --from %s and another --out", dir, dir)
		}
		r.config.Warn(dir + " has no checkpoint yet: starting from the beginning")
		return nil, nil
	}
	if at.CorpusSHA256 != r.position.CorpusSHA256 && !r.config.AllowChangedText {
		return nil, fmt.Errorf("the text has changed: its sha256 is %.12s…, but %s was made with %.12s…; pass --allow-changed-text to go on all the same",
			r.position.CorpusSHA256, checkpoint, at.CorpusSHA256)
	}
	if err := r.model.loadWeights(checkpoint); err != nil {
		return nil, err
	}
	if err := r.restoreTraining(checkpoint); err != nil {
		return nil, err
	}
	fresh := r.position
	r.position = at
	r.position.CorpusSHA256 = fresh.CorpusSHA256
	fresh.Schedule.plateauState = at.Schedule.plateauState
	r.position.Schedule = fresh.Schedule
	r.checkBest()
	r.config.Warn(fmt.Sprintf("resuming after step %d from %s", at.Step, checkpoint))
	records, err := ReadHistory(checkpoint)
	for _, record := range records {
		if record.Kind == "epoch" {
			r.trainLoss, r.validLoss = record.Loss, record.ValidLoss
		}
	}
	return records, err
}
