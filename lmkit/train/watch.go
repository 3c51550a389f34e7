package train

import (
	"context"
	"errors"
	"fmt"
	"math"

	"owlm/lmkit"
	"owlm/lmkit/dataset"
)

// due reports whether something that happens every so many steps happens after this step.
func due(every, step int) bool { return every > 0 && step%every == 0 }

// evaluate returns the mean loss, in nats, on a part that is held out. name is its name for messages.
func (r *run) evaluate(ctx context.Context, name string, p dataset.Part) (*float64, error) {
	e, err := r.model.Evaluate(ctx, p.Source(""), lmkit.EvaluateConfig{})
	if err == nil && !finite(e.Loss) {
		err = r.diverged(fmt.Sprintf("step %d: the %s loss is %v", r.position.Step, name, e.Loss))
	}
	return &e.Loss, err
}

// watch does what is due after a training step: it validates, generates a sample, writes the history and ends the
// epoch. After an error the record of the step is still pending, so that watch can be repeated.
func (r *run) watch(ctx context.Context) error {
	p := &r.position
	record := *p.Pending
	endOfEpoch := p.Index == r.source.PerEpoch() || p.Step == r.steps
	var validation *float64
	if r.parts.Valid.Tokens > 0 && (endOfEpoch || due(r.config.ValidateEvery, p.Step)) {
		var err error
		if validation, err = r.evaluate(ctx, "validation", r.parts.Valid); err != nil {
			return err
		}
	}
	wanted := due(r.config.LogEvery, p.Step) && p.SkippedInRow == 0
	if due(r.config.ValidateEvery, p.Step) {
		record.ValidLoss = validation
		wanted = true
	}
	if due(r.config.Samples.Every, p.Step) {
		samples, err := r.model.Samples(ctx, r.config.Samples.Prompt, r.config.Samples.config(r.config.Seed), 1)
		if err != nil {
			return fmt.Errorf("step %d: sampling: %w", p.Step, err)
		}
		record.Sample = samples[0].Text
		wanted = true
	}
	record.TokensPerSecond = r.logMeter.rate()
	if wanted {
		r.logMeter = meter{}
		if err := r.history.Append(record); err != nil {
			return err
		}
		r.hooks.watch(record)
	}
	if validation != nil {
		r.noteValidation(*validation)
	}
	r.stopped = r.hooks.record(record)
	if errors.Is(r.stopped, ErrStop) && !endOfEpoch {
		endOfEpoch = true // without another validation, which could be interrupted
	}
	p.Pending = nil
	if endOfEpoch {
		return r.endEpoch(record, validation)
	}
	return nil
}

// endEpoch writes the epoch line of the history, from the record of the last step, and moves on to the next epoch.
func (r *run) endEpoch(record Record, validation *float64) error {
	p := &r.position
	r.trainLoss, r.validLoss = p.EpochLoss/max(1, p.EpochCount), validation
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
	r.hooks.epoch(p.Epoch+1, r.trainLoss, shown)
	if err := r.hooks.record(record); err != nil && r.stopped == nil {
		r.stopped = err
	}
	if p.Index == r.source.PerEpoch() {
		p.Epoch++
		p.Index, p.EpochLoss, p.EpochCount = 0, 0, 0
		r.step.reset()
	}
	r.epochMeter = meter{}
	return nil
}
