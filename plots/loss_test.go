package plots_test

import (
	"log"
	"math"
	"testing"

	"gonum.org/v1/plot/cmpimg"

	"owlm/plots"
)

// decay returns a curve like those of training, but without chance.
func decay(n int, from, to, rate float64) []float64 {
	losses := make([]float64, n)
	for i := range losses {
		wobble := 1 + 0.08*math.Sin(float64(i)*1.7)*math.Exp(-float64(i)/40)
		losses[i] = (to + (from-to)*math.Exp(-rate*float64(i))) * wobble
	}
	return losses
}

func ExampleLoss() {
	chart := plots.Loss{
		Title: "Three cells on the owl text",
		Runs: []plots.Run{
			{Name: "RNN", Losses: decay(100, 3.4, 0.02, 0.14)},
			{Name: "LSTM", Losses: decay(100, 3.4, 0.001, 0.08)},
			{Name: "GRU", Losses: decay(100, 3.4, 0.01, 0.11)},
		},
	}
	if err := plots.Save("testdata/loss.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func ExampleLoss_validation() {
	train, validation := decay(20, 6.8, 3.2, 0.2), decay(20, 6.6, 4.4, 0.35)
	for i := range validation {
		validation[i] += 0.004 * float64(i*i) // overfitting
	}
	chart := plots.Loss{
		Title: "Opticks: where to stop",
		Runs:  []plots.Run{{Name: "LSTM", Losses: train, Validation: validation}},
		Log:   true,
	}
	if err := plots.Save("testdata/loss_validation.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

// tolerance is how much pixels may differ from the golden ones: other processors round differently.
const tolerance = 0.05

func TestLoss(t *testing.T) {
	cmpimg.CheckPlotApprox(ExampleLoss, t, tolerance, "loss.png")
	cmpimg.CheckPlotApprox(ExampleLoss_validation, t, tolerance, "loss_validation.png")
}
