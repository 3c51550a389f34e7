package plots_test

import (
	"log"
	"math"
	"testing"

	"gonum.org/v1/plot/cmpimg"

	"owlm/plots"
)

func ExampleLines() {
	var distance, rnn, lstm []float64
	for k := range 41 {
		distance = append(distance, float64(k))
		rnn = append(rnn, math.Pow(0.55, float64(k)))
		lstm = append(lstm, 0.8*math.Pow(0.9, float64(k)))
	}
	chart := plots.Lines{
		Title:  "How much of the gradient arrives",
		X:      "distance k (steps back)",
		Y:      "norm of the gradient",
		Series: []plots.Series{{Name: "RNN", X: distance, Y: rnn}, {Name: "LSTM", X: distance, Y: lstm}},
		LogY:   true,
	}
	if err := plots.Save("testdata/lines.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func TestLines(t *testing.T) {
	cmpimg.CheckPlotApprox(ExampleLines, t, tolerance, "lines.png")
}
