package plots_test

import (
	"fmt"
	"log"
	"testing"

	"gonum.org/v1/plot/cmpimg"

	"owlm/plots"
)

func ExampleDiagram() {
	chart := plots.Diagram{Title: "A recurrent network, folded and unrolled"}
	if err := plots.Save("testdata/diagram.png", chart); err != nil {
		log.Fatal(err)
	}
	fmt.Print(chart.Text())
	// Output:
	// A recurrent network, folded and unrolled
	//          o(t–1)           o(t)           o(t+1)
	//            ↑                ↑              ↑
	// h(t–2) → [RNN] → h(t–1) → [RNN] → h(t) → [RNN] → h(t+1)
	//            ↑                ↑              ↑
	//          x(t–1)           x(t)           x(t+1)
}

func ExampleDiagram_lstm() {
	chart := plots.Diagram{Cell: "LSTM", Steps: 2}
	if err := plots.Save("testdata/diagram_lstm.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func TestDiagram(t *testing.T) {
	cmpimg.CheckPlotApprox(ExampleDiagram, t, tolerance, "diagram.png")
	cmpimg.CheckPlotApprox(ExampleDiagram_lstm, t, tolerance, "diagram_lstm.png")
}
