package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"owlm/internal/oneline"
	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// Run trains a model on a text and returns it. If the configuration names a directory, the model,
// its history and its receipt are written there.
//
// Cancelling ctx ends the run after the step at hand; it is then saved as a checkpoint, and the error is an *Interrupted.
func Run(ctx context.Context, corpus string, c Config) (*lmkit.Model, error) {
	return trainOn(ctx, dataset.CorpusOf(corpus), c)
}

// TrainSource is Train on a text that is read as a stream, of any size: memory grows with the number of distinct tokens
// only. Its token ids are kept in a file, in the directory if there is one, and in a temporary place otherwise.
func TrainSource(ctx context.Context, source text.Source, c Config) (*lmkit.Model, error) {
	if c.Corpus == "" {
		c.Corpus = source.Name
	}
	return trainOn(ctx, dataset.CorpusFrom(source, c.Warn), c)
}

func trainOn(ctx context.Context, in dataset.Corpus, c Config) (*lmkit.Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c, from, err := c.withFrom()
	if err != nil {
		return nil, err
	}
	c = c.withDefaults()
	unlock, err := c.openDirectory()
	if err != nil {
		return nil, err
	}
	defer unlock()
	r, err := newRun(ctx, in, c, from)
	if err != nil {
		return nil, err
	}
	defer r.text.Close()
	ahead := dataset.Ahead(r.source)
	r.source = ahead
	defer ahead.Wait()
	if err := r.beginDirectory(); err != nil {
		return nil, err
	}
	defer r.history.Close()
	hooks := hooks(c.Hooks)
	hooks.start(c.Name, c.epochsShown(), r.steps)
	r.model.OnCompile = hooks.compiled
	err = r.train(ctx, hooks)
	hooks.end(err)
	r.model.OnCompile = nil
	if err != nil {
		return nil, err
	}
	return r.model, nil
}

// Interrupted is the error of a training run that was cancelled between two steps.
type Interrupted struct {
	// Step is the number of steps made, Checkpoint where they are saved; "" if the run has no directory.
	Step       int
	Checkpoint string
}

func (e *Interrupted) Error() string {
	if e.Checkpoint == "" {
		return fmt.Sprintf("interrupted after step %d; nothing was saved, as the run has no directory", e.Step)
	}
	return fmt.Sprintf("interrupted after step %d; saved as %s", e.Step, e.Checkpoint)
}

// Unwrap lets errors.Is(err, context.Canceled) recognise an interruption.
func (e *Interrupted) Unwrap() error { return context.Canceled }

// epochsShown is the number of epochs that hooks are told; 0 if the run is counted in steps.
func (c Config) epochsShown() int {
	if c.Steps > 0 {
		return 0
	}
	return c.Epochs
}

// train makes the steps of the run, and saves the model after the last one.
func (r *run) train(ctx context.Context, hooks hooks) error {
	p := &r.position
	for p.Pending != nil || p.Step < r.steps && !r.outOfPatience() {
		if ctx.Err() != nil {
			return r.interrupted()
		}
		if p.Pending == nil {
			if err := r.step(hooks); err != nil {
				return err
			}
		}
		if err := r.watch(ctx, hooks); ctx.Err() != nil && errors.Is(err, ctx.Err()) {
			return r.interrupted()
		} else if err != nil {
			return err
		}
		if r.config.Directory != "" && (r.saveDue || due(r.config.CheckpointEvery, p.Step)) {
			if _, err := r.saveCheckpoint(); err != nil {
				return err
			}
			r.saveDue = false
		}
	}
	if p.Step < r.steps {
		r.config.Warn(fmt.Sprintf("stopped after epoch %d: the validation loss was lowest, %.4f, in epoch %d", p.Epoch, p.Best.ValidLoss, p.Best.Epoch))
	}
	return r.finish(ctx)
}

func (r *run) interrupted() error {
	e := &Interrupted{Step: r.position.Step}
	if r.config.Directory == "" {
		return e
	}
	checkpoint, err := r.saveCheckpoint()
	if err != nil {
		return fmt.Errorf("interrupted after step %d, and the checkpoint could not be saved: %w", e.Step, err)
	}
	e.Checkpoint = checkpoint
	return e
}

// step makes one training step. What comes after it is left pending for watch.
func (r *run) step(hooks hooks) error {
	p := &r.position
	began := time.Now()
	b := r.source.Batch(p.Epoch, p.Index)
	rate := r.schedule.at(p.Step, p.Epoch)
	loss, norm, err := r.stepper.run(b, rate)
	seconds := time.Since(began).Seconds()
	p.Seconds += seconds
	if err != nil {
		return fmt.Errorf("step %d failed: %s; %s", p.Step+1, oneline.First(err), r.lastSaved())
	}
	if finite(loss) && finite(norm) {
		p.SkippedInRow = 0
		p.EpochLoss += loss * b.Count
		p.EpochCount += b.Count
		hooks.step(p.Step+1, loss)
	} else {
		problem := fmt.Sprintf("step %d: loss is %v and the gradient's norm %v", p.Step+1, loss, norm)
		if !r.config.SkipNotFinite {
			return fmt.Errorf("%s; %s; try a smaller learning rate or clipping", problem, r.lastSaved())
		}
		if err := r.skip(problem); err != nil {
			return err
		}
		loss, norm = p.EpochLoss/max(1, p.EpochCount), 0
	}
	p.Step++
	p.Index++
	r.epochMeter.add(len(b.Tokens), seconds)
	r.logMeter.add(len(b.Tokens), seconds)
	p.Pending = &rundir.Record{Kind: "step", Epoch: p.Epoch + 1, Step: p.Step, Loss: loss, LearningRate: rate, GradientNorm: norm, Skipped: p.Skipped}
	return nil
}

// endEpoch writes the history, given the record of its last step, and begins the next epoch.
func (r *run) endEpoch(hooks hooks, record rundir.Record, validation *float64) error {
	p := &r.position
	r.trainLoss, r.validLoss = p.EpochLoss/p.EpochCount, validation
	record.Kind, record.Loss, record.ValidLoss, record.Sample = "epoch", r.trainLoss, validation, ""
	record.TokensPerSecond = r.epochMeter.rate()
	if err := r.history.Append(record); err != nil {
		return err
	}
	shown := math.NaN()
	if validation != nil {
		shown = *validation
		r.schedule.epoch(shown)
	}
	hooks.epoch(p.Epoch+1, r.trainLoss, shown)
	if p.Index == r.source.PerEpoch() {
		p.Epoch++
		p.Index, p.EpochLoss, p.EpochCount = 0, 0, 0
		r.stepper.reset()
	}
	r.epochMeter = meter{}
	return nil
}

// finish saves the run and the model, and evaluates that on the test text.
func (r *run) finish(ctx context.Context) error {
	dir := r.config.Directory
	if dir != "" && (r.config.CheckpointEvery > 0 || r.config.Resume || r.config.KeepBest) {
		if _, err := r.saveCheckpoint(); err != nil {
			return err
		}
	}
	if err := r.takeBest(); err != nil {
		return err
	}
	if r.text.Test.Tokens > 0 {
		loss, err := r.validate(ctx, r.text.Test)
		if ctx.Err() != nil {
			return r.interrupted()
		}
		if err != nil {
			return err
		}
		r.testLoss = &loss
	}
	if dir == "" {
		return nil
	}
	if err := r.writeReceipt(dir); err != nil {
		return err
	}
	return r.model.SaveWeights(dir)
}

// lastSaved says, for an error message, what there is to go back to.
func (r *run) lastSaved() string {
	if r.config.Directory == "" {
		return "nothing was saved"
	}
	checkpoint, _, err := rundir.Newest(r.config.Directory, func(string) {})
	if err != nil || checkpoint == "" {
		return "there is no checkpoint"
	}
	return "the last checkpoint is " + checkpoint
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
