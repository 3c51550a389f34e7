package train

import (
	"math"

	"owlm/lmkit/rundir"
)

// Schedules lists the names that Config.Schedule accepts.
//
//   - constant keeps the learning rate.
//   - cosine lets it fall along a cosine, from its full value to 0 at the last step (Loshchilov & Hutter 2017).
//   - step with ConstantEpochs divides it after every epoch from that one on, as Zaremba et al. 2014 do. Without, step
//     divides it by 10 after one half and again after three quarters of the run, as He et al. 2016 do.
//   - plateau divides it by 4 after each epoch that does not lower the validation loss, as PyTorch's
//     word_language_model does.
//
// ScheduleOptions can change these numbers, and put a warm-up before each schedule.
var Schedules = []string{"constant", "cosine", "step", "plateau"}

// ScheduleOptions holds the numbers of a schedule. The zero value stands for the usual numbers of each.
type ScheduleOptions struct {
	// WarmupSteps is the number of steps over which the learning rate first rises in a straight line; 0 starts with the
	// full rate.
	WarmupSteps int
	// ConstantEpochs is the number of epochs that step trains with the full rate; see Schedules.
	ConstantEpochs int
	// Divisor is the number by which step and plateau divide the rate; 0 stands for 10 and 4.
	Divisor float64
	// Patience is the number of epochs in a row without a better validation loss that plateau allows before it divides.
	Patience int
	// Threshold is the number of nats by which a validation loss must be lower to count as better for plateau.
	Threshold float64
}

func (o ScheduleOptions) problems() []error {
	var p problems
	p.notNegative("warm-up steps", float64(o.WarmupSteps))
	p.notNegative("constant epochs", float64(o.ConstantEpochs))
	p.notNegative("the plateau's patience", float64(o.Patience))
	if o.Divisor != 0 && !(o.Divisor > 1 && o.Divisor < 1e6) {
		p.add("the schedule's divisor is %v; it must be above 1 and below 1,000,000, or 0 for the usual one", o.Divisor)
	}
	p.notNegative("the plateau's threshold", o.Threshold)
	return p
}

// schedule computes the learning rate of each step.
type schedule struct {
	kind    string
	rate    float64
	steps   int // in the whole run
	options ScheduleOptions
	plateau *rundir.Plateau
}

// newSchedule returns the schedule of a run. It reads and changes plateau, which is part of the run's position.
func newSchedule(kind string, rate float64, o ScheduleOptions, steps int, plateau *rundir.Plateau) *schedule {
	if o.Divisor == 0 {
		o.Divisor = map[string]float64{"step": 10, "plateau": 4}[kind]
	}
	return &schedule{kind: kind, rate: rate, steps: steps, options: o, plateau: plateau}
}

// at returns the learning rate of a step in an epoch, both counted from 0.
func (s *schedule) at(step, epoch int) float64 {
	warm := s.options.WarmupSteps
	if step < warm {
		return s.full(warm, epoch) * float64(step+1) / float64(warm)
	}
	return s.full(step, epoch)
}

// full returns the learning rate without the warm-up.
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

// epoch records the validation loss of an epoch.
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
