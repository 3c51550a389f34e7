package train

import (
	"fmt"
	"io"
	"math"

	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
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

// Watcher is what a Hook may be beyond: it is then told, too, what is measured between the ends of epochs.
type Watcher interface {
	// Validation comes after a step after which the model was validated, with the loss on the validation text in nats.
	Validation(step int, loss float64)
	// Sample comes after a step after which the model wrote a text, prompt included.
	Sample(step int, text string)
}

// CompileWatcher is what a Hook may be beyond: it is then told what each compilation took, as it is made.
type CompileWatcher interface {
	// Compiled names the graph, as Compilation does.
	Compiled(what string, seconds float64)
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

// watch tells watchers what the record of a step holds beyond the training loss.
func (h hooks) watch(r rundir.Record) {
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

// LogEvery prints a line after every n-th epoch, in the tutorial's format:
// "Epoch [10/100], Loss: 2.5723". Validations and samples between the ends of epochs are printed too.
func LogEvery(n int, w io.Writer) Hook { return &logHook{every: max(1, n), w: w} }

type logHook struct {
	every, epochs int
	w             io.Writer
}

func (h *logHook) Start(_ string, epochs, _ int) { h.epochs = epochs }

func (h *logHook) Step(int, float64) {}

func (h *logHook) End(error) {}

func (h *logHook) Validation(step int, loss float64) {
	fmt.Fprintf(h.w, "Step %d, Validation: %.4f\n", step, loss)
}

func (h *logHook) Sample(step int, text string) {
	fmt.Fprintf(h.w, "Step %d, Sample: %s\n", step, text)
}

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
