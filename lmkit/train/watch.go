package train

import (
	"context"
	"fmt"

	"owlm/lmkit"
	"owlm/lmkit/dataset"
)

// SampleOptions say what a model writes while it trains, so that one can see it learn.
type SampleOptions struct {
	// Every, if positive, generates a text every so many steps. It is kept in the history, and hooks that are a Watcher are told.
	Every int `json:"every"`
	// Prompt is the text to continue, which may be empty.
	Prompt string `json:"prompt"`
	// Length is the number of new tokens; 0 is 50.
	Length int `json:"length"`
	// Temperature is as for generating: 0 is greedy.
	Temperature float64 `json:"temperature"`
}

func (s SampleOptions) config(seed uint64) lmkit.GenerateConfig {
	return lmkit.GenerateConfig{Length: s.Length, Temperature: s.Temperature, Seed: seed}
}

func (s SampleOptions) problems() []error {
	var problems []error
	if s.Every < 0 {
		problems = append(problems, fmt.Errorf("sample every is %d; it must be 0 or more", s.Every))
	}
	if err := s.config(0).Validate(); err != nil {
		problems = append(problems, fmt.Errorf("samples: %w", err))
	}
	return problems
}

// due says whether something that comes every so many steps comes after this one.
func due(every, step int) bool { return every > 0 && step%every == 0 }

// validate is the mean loss, in nats, on a part of the text that is not trained on.
func (r *run) validate(ctx context.Context, p dataset.Part) (float64, error) {
	sum, err := r.model.TotalLoss(ctx, p.IDs, r.model.Config.Context)
	return sum / float64(p.Tokens-1), err
}

// watch does what comes after a training step: it validates, samples, writes the history and ends the epoch, each when it is due.
// An error leaves the position as it was, so that watch can be done again.
func (r *run) watch(ctx context.Context, hooks hooks) error {
	p := &r.position
	record := *p.Pending
	endOfEpoch := p.Index == r.source.PerEpoch() || p.Step == r.steps
	var validation *float64
	if r.text.Valid.Tokens > 0 && (endOfEpoch || due(r.config.ValidateEvery, p.Step)) {
		loss, err := r.validate(ctx, r.text.Valid)
		if err != nil {
			return err
		}
		validation = &loss
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
	if wanted {
		record.TokensPerSecond = r.logMeter.rate()
		r.logMeter = meter{}
		if err := r.history.Append(record); err != nil {
			return err
		}
		hooks.watch(record)
	}
	if validation != nil {
		r.noteValidation(*validation)
	}
	p.Pending = nil
	if endOfEpoch {
		return r.endEpoch(hooks, record, validation)
	}
	return nil
}

// meter counts tokens read in training and the seconds that took, validation and saving left out.
type meter struct{ tokens, seconds float64 }

func (m *meter) add(tokens int, seconds float64) {
	m.tokens += float64(tokens)
	m.seconds += seconds
}

// rate is in tokens a second; 0 where nothing was read, as right after a run is resumed.
func (m meter) rate() float64 {
	if m.seconds == 0 {
		return 0
	}
	return m.tokens / m.seconds
}
