package lmkit

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
)

// Train trains a model on a text and returns it. If the configuration names a directory, the model,
// its history and its receipt are written there.
//
// Cancelling ctx ends the run after the step at hand; it is then saved as a checkpoint, and the error is an *Interrupted.
func Train(ctx context.Context, corpus string, c TrainConfig) (*Model, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	c, from, err := c.withFrom()
	if err != nil {
		return nil, err
	}
	c = c.withDefaults()
	r, err := newRun(corpus, c, from)
	if err != nil {
		return nil, err
	}
	unlock, err := r.openDirectory()
	if err != nil {
		return nil, err
	}
	defer unlock()
	defer r.history.close()
	hooks := hooks(c.Hooks)
	hooks.start(c.Name, c.epochsShown(), r.steps)
	err = r.train(ctx, hooks)
	hooks.end(err)
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
func (c TrainConfig) epochsShown() int {
	if c.Steps > 0 {
		return 0
	}
	return c.Epochs
}

// train makes the steps of the run, and saves the model after the last one.
func (r *run) train(ctx context.Context, hooks hooks) error {
	r.epochStart, r.logStart = time.Now(), time.Now()
	for r.position.Step < r.steps {
		if ctx.Err() != nil {
			return r.interrupted()
		}
		if err := r.step(hooks); err != nil {
			return err
		}
		every := r.config.CheckpointEvery
		if r.config.Directory != "" && every > 0 && r.position.Step%every == 0 {
			if _, err := r.writeCheckpoint(); err != nil {
				return err
			}
		}
	}
	return r.finish(ctx)
}

func (r *run) interrupted() error {
	e := &Interrupted{Step: r.position.Step}
	if r.config.Directory == "" {
		return e
	}
	checkpoint, err := r.writeCheckpoint()
	if err != nil {
		return fmt.Errorf("interrupted after step %d, and the checkpoint could not be saved: %w", e.Step, err)
	}
	e.Checkpoint = checkpoint
	return e
}

// step makes one training step, and what comes at the end of an epoch.
func (r *run) step(hooks hooks) error {
	p := &r.position
	b := r.source.batch(p.Epoch, p.Index)
	rate := p.Schedule.at(p.Step)
	began := time.Now()
	loss, norm, err := r.stepper.run(b, rate)
	p.Seconds += time.Since(began).Seconds()
	if err != nil {
		return fmt.Errorf("step %d failed: %s; %s", p.Step+1, firstLine(err), r.lastSaved())
	}
	if !finite(loss) || !finite(norm) {
		return fmt.Errorf("step %d: loss is %v and the gradient's norm %v; %s; try a smaller learning rate or clipping", p.Step+1, loss, norm, r.lastSaved())
	}
	p.Step++
	p.Index++
	p.EpochLoss += loss * b.count
	p.EpochCount += b.count
	r.epochTokens += float64(len(b.tokens))
	r.logTokens += float64(len(b.tokens))
	hooks.step(p.Step, loss)
	if every := r.config.LogEvery; every > 0 && p.Step%every == 0 {
		record := Record{Kind: "step", Epoch: p.Epoch + 1, Step: p.Step, Loss: loss, LearningRate: rate, GradientNorm: norm,
			TokensPerSecond: r.logTokens / time.Since(r.logStart).Seconds()}
		r.logTokens, r.logStart = 0, time.Now()
		if err := r.history.append(record); err != nil {
			return err
		}
	}
	if p.Index == r.source.perEpoch() || p.Step == r.steps {
		return r.endEpoch(hooks, rate, norm)
	}
	return nil
}

// endEpoch evaluates, writes the history and begins the next epoch.
func (r *run) endEpoch(hooks hooks, rate, norm float64) error {
	p := &r.position
	r.trainLoss = p.EpochLoss / p.EpochCount
	validation := math.NaN()
	seconds := time.Since(r.epochStart).Seconds()
	if len(r.valid) > 0 {
		sum, err := r.model.totalLoss(context.Background(), r.valid, r.model.Config.Context)
		if err != nil {
			return err
		}
		validation = sum / float64(len(r.valid)-1)
		p.Schedule.epoch(validation)
	}
	r.validLoss = optional(validation)
	record := Record{Kind: "epoch", Epoch: p.Epoch + 1, Step: p.Step, Loss: r.trainLoss, ValidLoss: r.validLoss, LearningRate: rate,
		GradientNorm: norm, TokensPerSecond: r.epochTokens / seconds}
	if err := r.history.append(record); err != nil {
		return err
	}
	hooks.epoch(p.Epoch+1, r.trainLoss, validation)
	if p.Index == r.source.perEpoch() {
		p.Epoch++
		p.Index, p.EpochLoss, p.EpochCount = 0, 0, 0
		r.stepper.reset()
	}
	r.epochStart, r.epochTokens = time.Now(), 0
	return nil
}

// finish evaluates the test text and saves the model.
func (r *run) finish(ctx context.Context) error {
	if len(r.test) > 0 {
		sum, err := r.model.totalLoss(ctx, r.test, r.model.Config.Context)
		if err != nil {
			return err
		}
		r.testLoss = optional(sum / float64(len(r.test)-1))
	}
	if r.config.Directory == "" {
		return nil
	}
	if r.config.CheckpointEvery > 0 || r.config.Resume {
		if _, err := r.writeCheckpoint(); err != nil {
			return err
		}
	}
	if err := r.writeReceipt(r.config.Directory); err != nil {
		return err
	}
	return r.model.saveWeights(r.config.Directory)
}

// lastSaved says, for an error message, what there is to go back to.
func (r *run) lastSaved() string {
	if r.config.Directory == "" {
		return "nothing was saved"
	}
	checkpoint, _, err := newestCheckpoint(r.config.Directory, func(string) {})
	if err != nil || checkpoint == "" {
		return "there is no checkpoint"
	}
	return "the last checkpoint is " + checkpoint
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// firstLine is an error's message without the stack traces that GoMLX adds below it.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
