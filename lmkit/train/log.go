package train

import (
	"fmt"
	"io"
	"math"
)

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
