package plots_test

import (
	"fmt"
	"log"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/cmpimg"

	"owlm/plots"
)

// softmax returns the probabilities of logits at a temperature.
func softmax(logits []float64, temperature float64) []float64 {
	sum, result := 0.0, make([]float64, len(logits))
	for i, v := range logits {
		result[i] = math.Exp(v / temperature)
		sum += result[i]
	}
	for i := range result {
		result[i] /= sum
	}
	return result
}

func ExampleBars() {
	logits := []float64{2.5, 1.8, 1.1, 0.6, 0.1, -0.4}
	chart := plots.Bars{
		Title:  "Temperature sharpens or flattens",
		Labels: []string{"owl", "forest", "tree", "night", "moon", "star"},
		Group:  "temperature",
		Label:  "next token",
		Groups: []plots.Group{
			{Name: "0.5", Values: softmax(logits, 0.5)},
			{Name: "1", Values: softmax(logits, 1)},
			{Name: "1.5", Values: softmax(logits, 1.5)},
		},
	}
	if err := plots.Save("testdata/bars.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func ExampleBars_horizontal() {
	words := strings.Fields(", . a all and animals day dense every forest from gathered he his in known land lived " +
		"old once owl stories tell the time upon was wisdom wise would")
	logits := make([]float64, len(words))
	for i := range logits {
		logits[i] = 3 * math.Sin(float64(i)*1.3)
	}
	chart := plots.Bars{
		Title:      "The twelve most probable of thirty",
		Labels:     words,
		Groups:     []plots.Group{{Values: softmax(logits, 1)}},
		Horizontal: true,
		Top:        12,
	}
	if err := plots.Save("testdata/bars_horizontal.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func TestBars(t *testing.T) {
	cmpimg.CheckPlotApprox(ExampleBars, t, tolerance, "bars.png")
	cmpimg.CheckPlotApprox(ExampleBars_horizontal, t, tolerance, "bars_horizontal.png")
}

// TestBarsMax checks that the value axis ends where Max says, unless a bar is longer.
func TestBarsMax(t *testing.T) {
	for _, test := range []struct{ longest, max, want float64 }{{0.2, 0, 0.2}, {0.2, 1, 1}, {0, 0.5, 0.5}, {2, 1, 2}} {
		chart := plots.Bars{
			Labels: []string{"a", "b"}, Groups: []plots.Group{{Values: []float64{0, test.longest}}}, Max: test.max,
		}
		y := chart.VegaLite()["encoding"].(map[string]any)["y"].(map[string]any)
		domain := y["scale"].(map[string]any)["domain"].([]any)
		p, err := chart.Plot()
		if err != nil {
			t.Fatal(err)
		}
		if domain[1] != test.want || p.Y.Max != test.want {
			t.Errorf("longest %v, Max %v: axes end at %v and %v, want %v",
				test.longest, test.max, domain[1], p.Y.Max, test.want)
		}
	}
}

func TestBarsOrdered(t *testing.T) {
	chart := plots.Bars{Labels: []string{"owl"}, Ordered: true}
	for i := range 5 {
		chart.Groups = append(chart.Groups, plots.Group{Name: fmt.Sprint(i), Values: []float64{1}})
	}
	color := chart.VegaLite()["encoding"].(map[string]any)["color"].(map[string]any)
	colors := color["scale"].(map[string]any)["range"].([]any)
	for i := range 4 { // in blues, less red is darker
		if lighter, darker := colors[i].(string), colors[i+1].(string); lighter[:3] <= darker[:3] {
			t.Errorf("group %d is %s and group %d is %s, want darker ones", i, lighter, i+1, darker)
		}
	}
}
