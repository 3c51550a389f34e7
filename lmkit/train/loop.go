package train

import (
	"context"
	"errors"
	"fmt"
	"time"

	"owlm/internal/oneline"
	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/text"
)

// Run trains a model on a text and returns it. With Config.Directory it also saves the model there, with its history,
// receipt and checkpoints.
//
// A text that is not in memory is read as a stream. Its token ids go into a file, in the directory of the run or else
// in a temporary one, so that memory grows only with the number of distinct tokens.
//
// Cancelling ctx ends the run after the current step. Run then saves a checkpoint and returns the model together with
// an *Interrupted error. It does the same after an error of a hook, which it wraps.
func Run(ctx context.Context, source text.Source, c Config) (*lmkit.Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if c.TextName == "" {
		c.TextName = source.Name
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
	r, err := newRun(ctx, source, c, from)
	if err != nil {
		return nil, err
	}
	defer r.parts.Close()
	defer r.step.close()
	ahead := dataset.NewLookahead(r.source)
	r.source = ahead
	defer ahead.Wait()
	before, err := r.beginDirectory()
	if err != nil {
		r.model.Close()
		return nil, err
	}
	defer r.history.Close()
	r.hooks.start(c.Name, c.hookEpochs(), r.steps)
	r.hooks.resumed(before)
	r.model.OnCompile = r.hooks.compiled
	err = r.train(ctx)
	r.hooks.end(err)
	r.model.OnCompile = nil
	var interrupted *Interrupted
	if err != nil && !errors.As(err, &interrupted) && r.stopped == nil {
		r.model.Close()
		return nil, err
	}
	return r.model, err
}

// train makes the steps of the run and saves the model after the last one.
func (r *run) train(ctx context.Context) error {
	p := &r.position
	for p.Pending != nil || p.Step < r.steps && !r.outOfPatience() {
		if ctx.Err() != nil {
			return r.interrupted()
		}
		if p.Pending == nil {
			if err := r.makeStep(); err != nil {
				return err
			}
		}
		if err := r.watch(ctx); ctx.Err() != nil && errors.Is(err, ctx.Err()) {
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
		if errors.Is(r.stopped, ErrStop) {
			r.stopped = nil
			if p.Step < r.steps {
				r.config.Warn(fmt.Sprintf("a hook stopped the run after step %d of %d", p.Step, r.steps))
			}
			return r.finish(ctx)
		}
		if r.stopped != nil {
			return r.failed()
		}
	}
	if p.Step < r.steps {
		r.config.Warn(fmt.Sprintf("stopped after epoch %d: the validation loss was lowest, %.4f, in epoch %d",
			p.Epoch, p.Best.ValidLoss, p.Best.Epoch))
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

// failed saves a run that ends with the error of a hook.
func (r *run) failed() error {
	failure := oneline.Wrap(r.stopped)
	if r.config.Directory == "" {
		return fmt.Errorf("step %d: a hook failed: %w", r.position.Step, failure)
	}
	checkpoint, err := r.saveCheckpoint()
	if err != nil {
		return fmt.Errorf("step %d: a hook failed: %w, and the checkpoint could not be saved: %v", r.position.Step,
			failure, err)
	}
	return fmt.Errorf("step %d: a hook failed: %w; saved as %s", r.position.Step, failure, checkpoint)
}

// makeStep makes one training step and leaves its record pending for watch.
func (r *run) makeStep() error {
	p := &r.position
	began := time.Now()
	b := r.source.Batch(p.Epoch, p.Index)
	rate := r.schedule.at(p.Step, p.Epoch)
	loss, norm, err := r.step.run(b, rate)
	seconds := time.Since(began).Seconds()
	p.Seconds += seconds
	if err != nil {
		return fmt.Errorf("step %d failed: %s; %s", p.Step+1, oneline.Of(err), r.lastSaved())
	}
	if finite(loss) && finite(norm) {
		p.SkippedInRow = 0
		p.EpochLoss += loss * b.Count
		p.EpochCount += b.Count
		r.hooks.step(p.Step+1, loss)
	} else {
		problem := fmt.Sprintf("step %d: loss is %v and the norm of the gradient %v", p.Step+1, loss, norm)
		if !r.config.SkipNotFinite {
			return r.diverged(problem)
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
	p.Pending = &Record{
		Kind: "step", Epoch: p.Epoch + 1, Step: p.Step, Loss: loss, LearningRate: rate, GradientNorm: norm,
		Skipped: p.Skipped,
	}
	return nil
}

// maximumSkips is the number of training steps that may be skipped in a row. Weights that give no finite loss on so
// many batches do not recover.
const maximumSkips = 100

// skip counts a step that changed nothing. It returns an error if training cannot go on like that.
func (r *run) skip(problem string) error {
	p := &r.position
	p.Skipped++
	p.SkippedInRow++
	// An epoch in which every step was skipped has no loss.
	wholeEpoch := p.EpochCount == 0 && (p.Index+1 == r.source.PerEpoch() || p.Step+1 == r.steps)
	if p.SkippedInRow >= maximumSkips || wholeEpoch {
		return r.diverged(fmt.Sprintf("%s; that is step %d in a row, so training stops", problem, p.SkippedInRow))
	}
	r.config.Warn(problem + "; the step is skipped")
	return nil
}

// finish saves the run and the model, which it first evaluates on the test part.
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
	if r.parts.Test.Tokens > 0 {
		loss, err := r.evaluate(ctx, "test", r.parts.Test)
		if ctx.Err() != nil {
			return r.interrupted()
		}
		if err != nil {
			return err
		}
		r.testLoss = loss
	}
	if dir == "" {
		return nil
	}
	if err := r.writeReceipt(dir); err != nil {
		return err
	}
	return r.model.SaveWeights(dir)
}
