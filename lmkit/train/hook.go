package train

import (
	"errors"
	"fmt"
	"io"
	"math"

	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
)

// Record describes a training step or an epoch. Hooks receive it, and history.jsonl has one on each line.
type Record = rundir.Record

// Hook follows a training run, to show, log or draw it. Its methods have only built-in types, so that a package can
// offer hooks without importing this one, as package plots does. HookFunc makes a hook from a function. A hook may also
// implement Recorder, Watcher, CompileWatcher and Resumer.
type Hook interface {
	// Start is called first. steps is the number of training steps in the whole run; epochs is the number of epochs, or
	// 0 if the length of the run is given in steps.
	Start(name string, epochs, steps int)
	// Step is called after each training step with the mean loss of its batch in nats. Steps count from 1 over the
	// whole run, so a resumed run does not begin with 1.
	Step(step int, loss float64)
	// Epoch is called after each epoch, counted from 1, with its mean training loss and the validation loss, both in
	// nats. validation is NaN if there is no validation part.
	Epoch(epoch int, loss, validation float64)
	// End is called last. err is the error that Run returns, nil for a complete run.
	End(err error)
}

// Recorder is implemented by hooks that need more details, or that stop the run.
type Recorder interface {
	// Record is called after each step and each epoch. r has the loss, the learning rate, the norm of the gradient, the
	// tokens per second and, after steps for which they are configured, the validation loss and a sample. If Record
	// returns ErrStop, the run ends as if this had been its last step. After any other error Run saves a checkpoint and
	// returns the error.
	Record(r Record) error
}

// ErrStop is the error with which a Recorder ends a run early: Run closes the epoch, tests the model and saves it.
var ErrStop = errors.New("a hook stopped the run")

// HookFunc is a hook made from a function, which is called as Recorder describes.
type HookFunc func(r Record) error

// Start does nothing.
func (HookFunc) Start(string, int, int) {}

// Step does nothing.
func (HookFunc) Step(int, float64) {}

// Epoch does nothing.
func (HookFunc) Epoch(int, float64, float64) {}

// End does nothing.
func (HookFunc) End(error) {}

// Record calls the function.
func (f HookFunc) Record(r Record) error { return f(r) }

// Watcher is implemented by hooks that show what is measured between the ends of epochs. Like Hook, it has only
// built-in types.
type Watcher interface {
	// Validation is called after each step for which Config.ValidateEvery is due, with the validation loss in nats.
	Validation(step int, loss float64)
	// Sample is called after each step for which Config.Samples is due. text includes the prompt.
	Sample(step int, text string)
}

// CompileWatcher is implemented by hooks that show how long compiling takes.
type CompileWatcher interface {
	// Compiled is called after each compilation. what is "training step", "evaluation" or "generation".
	Compiled(what string, seconds float64)
}

// Resumer is implemented by hooks that also show what a run did before it was stopped. Like Hook, it has only built-in
// types.
type Resumer interface {
	// Resumed is called after Start for each epoch that a resumed run had completed before, in order: with the number
	// of the epoch and of its last step, and the losses that Epoch received.
	Resumed(epoch, step int, loss, validation float64)
}

// hooks passes each call to all hooks of a run, in order.
type hooks []Hook

func (h hooks) start(name string, epochs, steps int) {
	for _, hook := range h {
		hook.Start(name, epochs, steps)
	}
}

// resumed calls every Resumer with the epochs of a history.
func (h hooks) resumed(records []Record) {
	for _, r := range records {
		if r.Kind != "epoch" {
			continue
		}
		validation := math.NaN()
		if r.ValidLoss != nil {
			validation = *r.ValidLoss
		}
		for _, hook := range h {
			if resumer, ok := hook.(Resumer); ok {
				resumer.Resumed(r.Epoch, r.Step, r.Loss, validation)
			}
		}
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

// record calls every Recorder and returns the first error.
func (h hooks) record(r Record) error {
	var first error
	for _, hook := range h {
		if recorder, ok := hook.(Recorder); ok {
			if err := recorder.Record(r); err != nil && first == nil {
				first = err
			}
		}
	}
	return first
}

// watch passes the validation loss and the sample of a step, if there are any, to every Watcher.
func (h hooks) watch(r Record) {
	for _, hook := range h {
		watcher, ok := hook.(Watcher)
		if !ok {
			continue
		}
		if r.ValidLoss != nil {
			watcher.Validation(r.Step, *r.ValidLoss)
		}
		if r.Sample != "" {
			watcher.Sample(r.Step, r.Sample)
		}
	}
}

func (h hooks) compiled(c network.Compilation) {
	for _, hook := range h {
		if watcher, ok := hook.(CompileWatcher); ok {
			watcher.Compiled(c.What, c.Seconds)
		}
	}
}

func (h hooks) end(err error) {
	for _, hook := range h {
		hook.End(err)
	}
}

// LogEvery returns a hook that prints a line after every n-th epoch, in the tutorial's format: "Epoch [10/100], Loss:
// 2.5723". It also prints the validation losses and samples between the ends of epochs.
func LogEvery(n int, w io.Writer) Hook {
	h := &logHook{every: max(1, n), w: w}
	if isTerminal(w) {
		h.clear = clearLine // Progress may stand there
	}
	return h
}

type logHook struct {
	every, epochs int
	w             io.Writer
	clear         string // printed before each line
}

func (h *logHook) Start(_ string, epochs, _ int) { h.epochs = epochs }

func (h *logHook) Step(int, float64) {}

func (h *logHook) End(error) {}

func (h *logHook) Validation(step int, loss float64) {
	fmt.Fprintf(h.w, h.clear+"Step %d, Validation: %.4f\n", step, loss)
}

func (h *logHook) Sample(step int, text string) {
	fmt.Fprintf(h.w, h.clear+"Step %d, Sample: %s\n", step, text)
}

func (h *logHook) Epoch(epoch int, loss, validation float64) {
	if epoch%h.every != 0 {
		return
	}
	of := ""
	if h.epochs > 0 {
		of = fmt.Sprintf("/%d", h.epochs)
	}
	fmt.Fprintf(h.w, h.clear+"Epoch [%d%s], Loss: %.4f", epoch, of, loss)
	if !math.IsNaN(validation) {
		fmt.Fprintf(h.w, ", Validation: %.4f", validation)
	}
	fmt.Fprintln(h.w)
}
