package lmkit

import (
	"fmt"
	"io"
	"math"
)

// Hook is told how a training run goes: it may show, log or draw, and cannot change the run. Its
// methods use built-in types only, so that packages that know nothing of lmkit (plots) offer hooks.
type Hook interface {
	// Start comes first. steps is the number of training steps of the whole run; epochs is 0 where
	// the run is counted in steps.
	Start(name string, epochs, steps int)
	// Step comes after each training step with the loss of its batch in nats. Steps are counted
	// from 1 in the whole run: the first of a resumed run is not 1.
	Step(step int, loss float64)
	// Epoch comes after each epoch, counted from 1, with its mean loss and the loss on the
	// validation text, both in nats; validation is NaN where there is none.
	Epoch(epoch int, loss, validation float64)
	// End comes last; err is what stopped the run, nil if it is complete.
	End(err error)
}

// hooks passes each call to all of a run's hooks, in order.
type hooks []Hook

func (h hooks) start(name string, epochs, steps int) {
	for _, hook := range h {
		hook.Start(name, epochs, steps)
	}
}

func (h hooks) step(step int, loss float64) {
	for _, hook := range h {
		hook.Step(step, loss)
	}
}

func (h hooks) epoch(epoch int, loss, validation float64) {
	for _, hook := range h {
		hook.Epoch(epoch, loss, validation)
	}
}

func (h hooks) end(err error) {
	for _, hook := range h {
		hook.End(err)
	}
}

// LogEvery prints a line after every n-th epoch, in the tutorial's format:
// "Epoch [10/100], Loss: 2.5723".
func LogEvery(n int, w io.Writer) Hook { return &logHook{every: max(1, n), w: w} }

type logHook struct {
	every, epochs int
	w             io.Writer
}

func (h *logHook) Start(_ string, epochs, _ int) { h.epochs = epochs }
func (h *logHook) Step(int, float64)             {}
func (h *logHook) End(error)                     {}

func (h *logHook) Epoch(epoch int, loss, validation float64) {
	if epoch%h.every != 0 {
		return
	}
	of := ""
	if h.epochs > 0 {
		of = fmt.Sprintf("/%d", h.epochs)
	}
	fmt.Fprintf(h.w, "Epoch [%d%s], Loss: %.4f", epoch, of, loss)
	if !math.IsNaN(validation) {
		fmt.Fprintf(h.w, ", Validation: %.4f", validation)
	}
	fmt.Fprintln(h.w)
}
