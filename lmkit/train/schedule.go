package train

import (
	"fmt"
	"math"

	"owlm/lmkit/rundir"
)

// Schedules are the names that TrainConfig.Schedule accepts. Each begins with a warm-up, if ScheduleOptions has one.
//
//   - constant: the learning rate stays.
//   - cosine: it falls along a cosine from its full value to 0 at the last step (Loshchilov & Hutter 2017).
//   - step: with ConstantEpochs it is divided after every epoch from that one on, as Zaremba et al. 2014 did; without, it is
//     divided by 10 after a half and again after three quarters of the run, as He et al. 2016 did.
//   - plateau: it is divided by 4 whenever an epoch brings no better validation loss, as PyTorch's
//     word_language_model does.
var Schedules = []string{"constant", "cosine", "step", "plateau"}

// ScheduleOptions are the numbers of a schedule; the zero value has each schedule's usual ones.
type ScheduleOptions struct {
	// WarmupSteps is over how many steps the learning rate first rises in proportion to the step; 0 starts with the full rate.
	WarmupSteps int `json:"warmup_steps"`
	// ConstantEpochs is, for step, the number of epochs with the full rate; see Schedules.
	ConstantEpochs int `json:"constant_epochs"`
	// Divisor is what step and plateau divide by; 0 is 10 for step and 4 for plateau.
	Divisor float64 `json:"divisor"`
	// Patience is how many epochs in a row without a better validation loss plateau puts up with before it divides.
	Patience int `json:"patience"`
	// Threshold is by how many nats the validation loss must fall to count as better for plateau.
	Threshold float64 `json:"threshold"`
}

func (o ScheduleOptions) problems() []error {
	var problems []error
	for _, count := range []struct {
		name  string
		value int
	}{{"warm-up steps", o.WarmupSteps}, {"constant epochs", o.ConstantEpochs}, {"the plateau's patience", o.Patience}} {
		if count.value < 0 {
			problems = append(problems, fmt.Errorf("%s is %d; it must be 0 or more", count.name, count.value))
		}
	}
	if o.Divisor != 0 && !(o.Divisor > 1 && o.Divisor < 1e6) {
		problems = append(problems, fmt.Errorf("the schedule's divisor is %v; it must be above 1, or 0 for the usual one", o.Divisor))
	}
	if !(o.Threshold >= 0 && o.Threshold < 1e6) {
		problems = append(problems, fmt.Errorf("the plateau's threshold is %v; it must be 0 or more", o.Threshold))
	}
	return problems
}

// schedule says the learning rate of each step.
type schedule struct {
	kind    string
	rate    float64
	steps   int // of the whole run
	options ScheduleOptions
	plateau *rundir.Plateau
}

// newSchedule makes the schedule of a run of so many steps. It reads and writes plateau, which belongs to the run's position.
func newSchedule(kind string, rate float64, options ScheduleOptions, steps int, plateau *rundir.Plateau) *schedule {
	s := &schedule{kind: kind, rate: rate, steps: steps, options: options, plateau: plateau}
	if s.options.Divisor == 0 {
		s.options.Divisor = map[string]float64{"step": 10, "plateau": 4}[kind]
	}
	return s
}

// at is the learning rate of a step in an epoch, both counted from 0.
func (s *schedule) at(step, epoch int) float64 {
	warm := s.options.WarmupSteps
	if step < warm {
		return s.full(warm, epoch) * float64(step+1) / float64(warm)
	}
	return s.full(step, epoch)
}

// full is at without the warm-up.
func (s *schedule) full(step, epoch int) float64 {
	divided := 0
	switch s.kind {
	case "cosine":
		warm := s.options.WarmupSteps
		share := float64(step-warm) / float64(max(1, s.steps-warm))
		return s.rate * 0.5 * (1 + math.Cos(math.Pi*min(share, 1)))
	case "step":
		switch constant := s.options.ConstantEpochs; {
		case constant > 0:
			divided = max(0, epoch+1-constant)
		case step*4 >= s.steps*3:
			divided = 2
		case step*2 >= s.steps:
			divided = 1
		}
	case "plateau":
		divided = s.plateau.Divided
	}
	return s.rate / math.Pow(s.options.Divisor, float64(divided))
}

// epoch takes note of the validation loss after an epoch.
func (s *schedule) epoch(validation float64) {
	p := s.plateau
	if validation < p.Best-s.options.Threshold {
		p.Best, p.Waited = validation, 0
		return
	}
	p.Waited++
	if s.kind == "plateau" && p.Waited > s.options.Patience {
		p.Waited = 0
		p.Divided++
	}
}
