package lmkit

import "math"

// Schedules are the names that TrainConfig.Schedule accepts.
//
//   - constant: the learning rate stays.
//   - cosine: it falls along a cosine from its full value to 0 at the last step (Loshchilov & Hutter 2017).
//   - step: it is divided by 10 after a half and again after three quarters of the run, as He et al. 2016 did.
//   - plateau: it is divided by 4 whenever an epoch brings no better validation loss, as PyTorch's
//     word_language_model does.
var Schedules = []string{"constant", "cosine", "step", "plateau"}

// plateauDivisor is word_language_model's.
const plateauDivisor = 4

// schedule says the learning rate of each step.
type schedule struct {
	kind  string
	rate  float64
	steps int
	// The state of plateau; it is part of a checkpoint.
	Best    float64 `json:"best_valid_loss"`
	Divided int     `json:"divided"`
}

func newSchedule(c TrainConfig, steps int) *schedule {
	return &schedule{kind: c.Schedule, rate: c.LearningRate, steps: steps, Best: math.MaxFloat64}
}

// at is the learning rate of a step, counted from 0.
func (s *schedule) at(step int) float64 {
	switch s.kind {
	case "cosine":
		return s.rate * 0.5 * (1 + math.Cos(math.Pi*float64(step)/float64(s.steps)))
	case "step":
		rate := s.rate
		if step*2 >= s.steps {
			rate /= 10
		}
		if step*4 >= s.steps*3 {
			rate /= 10
		}
		return rate
	case "plateau":
		return s.rate / math.Pow(plateauDivisor, float64(s.Divided))
	}
	return s.rate
}

// epoch takes note of the validation loss after an epoch.
func (s *schedule) epoch(validation float64) {
	if validation < s.Best {
		s.Best = validation
		return
	}
	if s.kind == "plateau" {
		s.Divided++
	}
}
