package train

import (
	"fmt"

	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/text"
)

// Stepper makes training steps one at a time, for a training loop of your own. Train is the loop to use otherwise: it
// also shuffles, validates, saves and resumes.
type Stepper struct {
	stepper *trainingStep
	windows Windows
	rows    int
	rate    float64
}

// NewStepper builds the training step of a model: forward, backward and update, compiled by the engine at the first step.
// Of the configuration it takes Objective, which must be Windows, BatchSize, LearningRate, Optimizer, WeightDecay
// and Clip. The model's Config.Context becomes the windows' length.
func NewStepper(m *lmkit.Model, c Config) (*Stepper, error) {
	windows, ok := c.Objective.(Windows)
	if !ok {
		return nil, fmt.Errorf("objective is %T; a Trainer's must be Windows", c.Objective)
	}
	c.Model, c.From, c.Epochs, c.Steps = m.Config, "", 1, 0 // the loop is the caller's
	if err := c.Validate(); err != nil {
		return nil, err
	}
	s, err := newTrainingStep(m, c.withDefaults(), windows.Length, c.BatchSize, false, 0)
	if err != nil {
		return nil, err
	}
	m.Config.Context = windows.Length
	return &Stepper{stepper: s, windows: windows, rows: c.BatchSize, rate: c.LearningRate}, nil
}

// Step changes the weights once. The model reads each window, of which there may be up to BatchSize, from a zero state;
// the loss is the mean cross entropy of the windows' targets, in nats, before the change.
func (t *Stepper) Step(windows []text.Window[int32]) (loss float64, err error) {
	if len(windows) == 0 || len(windows) > t.rows {
		return 0, fmt.Errorf("the batch has %d windows; it must have from 1 to %d", len(windows), t.rows)
	}
	for i, w := range windows {
		if err := t.check(w); err != nil {
			return 0, fmt.Errorf("window %d: %w", i+1, err)
		}
	}
	loss, _, err = t.stepper.run(dataset.BatchOf(windows, t.windows.Length, t.rows), t.rate)
	return loss, err
}

// check refuses what the engine would not notice, or would not survive.
func (t *Stepper) check(w text.Window[int32]) error {
	if len(w.Input) != t.windows.Length {
		return fmt.Errorf("it has %d tokens, not %d", len(w.Input), t.windows.Length)
	}
	size := int32(t.stepper.model.Config.VocabularySize)
	for _, id := range append([]int32{w.Target}, w.Input...) {
		if id < 0 || id >= size {
			return fmt.Errorf("id %d is outside the vocabulary, which has %d tokens", id, size)
		}
	}
	return nil
}
