package train

import (
	"math"
	"testing"

	"owlm/lmkit/rundir"
)

func TestSchedules(t *testing.T) {
	warm := ScheduleOptions{WarmupSteps: 10}
	for _, c := range []struct {
		kind        string
		options     ScheduleOptions
		step, epoch int
		want        float64
	}{
		{"constant", ScheduleOptions{}, 99, 9, 1}, {"constant", warm, 0, 0, 0.1}, {"constant", warm, 9, 0, 1},
		{"constant", warm, 50, 5, 1},
		{"cosine", ScheduleOptions{}, 0, 0, 1}, {"cosine", ScheduleOptions{}, 50, 5, 0.5},
		{"cosine", ScheduleOptions{}, 100, 9, 0},
		{"cosine", warm, 4, 0, 0.5}, {"cosine", warm, 10, 1, 1}, {"cosine", warm, 55, 5, 0.5},
		{"cosine", warm, 100, 9, 0},
		{"step", ScheduleOptions{}, 49, 4, 1}, {"step", ScheduleOptions{}, 50, 5, 0.1},
		{"step", ScheduleOptions{}, 75, 7, 0.01},
		{"step", ScheduleOptions{Divisor: 2}, 75, 7, 0.25},
		// Zaremba et al. 2014: four epochs (0 to 3) at the full rate, then halved after each.
		{"step", ScheduleOptions{ConstantEpochs: 4, Divisor: 2}, 39, 3, 1},
		{"step", ScheduleOptions{ConstantEpochs: 4, Divisor: 2}, 40, 4, 0.5},
		{"step", ScheduleOptions{ConstantEpochs: 4, Divisor: 2}, 60, 6, 0.125},
		{"plateau", ScheduleOptions{}, 9, 0, 1},
	} {
		s := newSchedule(c.kind, 1, c.options, 100, &rundir.Plateau{Best: math.MaxFloat64})
		if got := s.at(c.step, c.epoch); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s %+v at step %d, epoch %d: %v, want %v", c.kind, c.options, c.step, c.epoch, got, c.want)
		}
	}
}

func TestPlateau(t *testing.T) {
	for _, c := range []struct {
		options     ScheduleOptions
		validations []float64
		want        float64
	}{
		{ScheduleOptions{}, []float64{3, 2, 2.5, 2.4}, 1.0 / 16}, {ScheduleOptions{}, []float64{3, 2, 1}, 1},
		{ScheduleOptions{Divisor: 2}, []float64{3, 3.1, 2, 2.1, 1}, 1.0 / 4},
		{ScheduleOptions{Patience: 1}, []float64{2, 2.1, 1.9, 2, 2}, 1.0 / 4},
		{ScheduleOptions{Patience: 2}, []float64{2, 2, 2}, 1},
		{ScheduleOptions{Threshold: 0.1}, []float64{3, 2.95, 2.85}, 1.0 / 4},
	} {
		s := newSchedule("plateau", 1, c.options, 100, &rundir.Plateau{Best: math.MaxFloat64})
		for _, validation := range c.validations {
			s.epoch(validation)
		}
		if got := s.at(0, 0); got != c.want {
			t.Errorf("%+v after %v: %v, want %v", c.options, c.validations, got, c.want)
		}
	}
}
