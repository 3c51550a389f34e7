package train

import (
	"errors"
	"fmt"

	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/text"
)

// Stepper makes training steps one at a time, for a training loop of your own. It does not shuffle, validate, save or
// resume, as Run does.
type Stepper struct {
	// LearningRate is the learning rate of the next step, which the caller may change.
	LearningRate float64

	step  *step
	ended string // why the next step of a stream must start from a zero hidden state; "" if it need not
}

// Step is the result of a training step.
type Step struct {
	// Loss is the mean cross entropy of its predictions, in nats, before the weights changed.
	Loss float64
	// GradientNorm is the global L2 norm of the gradient before clipping.
	GradientNorm float64
}

// NewStepper builds the training step of a model. The engine compiles it when the first step is made. The model's
// Config.Context must be the Length of Windows, or 0 for a Stream.
func NewStepper(m *lmkit.Model, c StepConfig) (*Stepper, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	if want := contextOf(c.Objective); m.Config.Context != want {
		return nil, fmt.Errorf("the model's context is %d, but trained with %#v it must be %d; "+
			"set lmkit.Config.Context", m.Config.Context, c.Objective, want)
	}
	length, every := c.Objective.shape()
	s, err := newStep(m, c.withDefaults(), stepShape{steps: length, rows: c.BatchSize, every: every})
	if err != nil {
		return nil, err
	}
	return &Stepper{LearningRate: c.LearningRate, step: s}, nil
}

// Windows makes a step with objective Windows, on up to BatchSize windows of token ids. The model reads each from a
// zero hidden state.
func (s *Stepper) Windows(windows []text.Window[int32]) (Step, error) {
	shape := s.step.shape
	if shape.every {
		return Step{}, errors.New("the objective is a stream, which reads lanes, not windows")
	}
	if len(windows) == 0 || len(windows) > shape.rows {
		return Step{}, fmt.Errorf("the batch has %d windows; it must have from 1 to %d", len(windows), shape.rows)
	}
	for i, w := range windows {
		if len(w.Input) != shape.steps {
			return Step{}, fmt.Errorf("window %d: it has %d tokens, not %d", i+1, len(w.Input), shape.steps)
		}
		if err := s.check(append([]int32{w.Target}, w.Input...)); err != nil {
			return Step{}, fmt.Errorf("window %d: %w", i+1, err)
		}
	}
	return s.run(dataset.WindowBatch(windows, shape.steps, shape.rows))
}

// Lanes makes a step with objective Stream, on BatchSize lanes of Length+1 token ids. Each lane continues from the
// hidden state that the previous step left in its place, and the model predicts all of its tokens but the first. To
// predict every token of a text, begin each lane with its last token in the previous step.
//
// Where texts end, lanes may be shorter, of 2 tokens or more. Call Reset before the next step.
func (s *Stepper) Lanes(lanes [][]int32) (Step, error) {
	shape := s.step.shape
	if !shape.every {
		return Step{}, errors.New("the objective is windows; a stream reads lanes")
	}
	if s.ended != "" {
		return Step{}, fmt.Errorf("%s, which ended its text; call Reset before the next step", s.ended)
	}
	if len(lanes) != shape.rows {
		return Step{}, fmt.Errorf("the batch has %d lanes; it must have %d", len(lanes), shape.rows)
	}
	for i, lane := range lanes {
		if len(lane) < 2 || len(lane) > shape.steps+1 {
			return Step{}, fmt.Errorf("lane %d: it has %d tokens; it must have from 2 to %d", i+1, len(lane),
				shape.steps+1)
		}
		if err := s.check(lane); err != nil {
			return Step{}, fmt.Errorf("lane %d: %w", i+1, err)
		}
	}
	result, err := s.run(dataset.LaneBatch(lanes, shape.steps, shape.rows))
	for i, lane := range lanes {
		if err == nil && len(lane) <= shape.steps {
			s.ended = fmt.Sprintf("lane %d of the step before had %d of %d tokens", i+1, len(lane), shape.steps+1)
		}
	}
	return result, err
}

// Reset makes the next step of a stream start from a zero hidden state.
func (s *Stepper) Reset() {
	s.ended = ""
	s.step.reset()
}

// Close frees what the engine holds for the steps. The model stays as it is. Afterwards no more steps can be made.
func (s *Stepper) Close() { s.step.close() }

func (s *Stepper) run(b dataset.Batch) (Step, error) {
	if !validRate(s.LearningRate) {
		return Step{}, fmt.Errorf("learning rate is %v; it must be above 0 and below 1,000,000", s.LearningRate)
	}
	loss, norm, err := s.step.run(b, s.LearningRate)
	return Step{Loss: loss, GradientNorm: norm}, err
}

// check refuses ids outside the vocabulary, which an engine would not report, or would crash on.
func (s *Stepper) check(ids []int32) error {
	size := int32(s.step.model.Config.VocabularySize)
	for _, id := range ids {
		if id < 0 || id >= size {
			return fmt.Errorf("id %d is outside the vocabulary, which has %d tokens", id, size)
		}
	}
	return nil
}
