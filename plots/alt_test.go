package plots

import (
	"math"
	"strings"
	"testing"
)

func TestAltText(t *testing.T) {
	tests := []struct {
		name  string
		chart Chart
		want  string
	}{
		{"lines", Lines{Title: "Entropy", Series: []Series{
			{Name: "a", Y: []float64{1, 2.5}}, {Name: "b", X: []float64{3}, Y: []float64{4}}}},
			"Line chart: Entropy. Last values: a 2.5 at 2, b 4 at 3."},
		{"a loss", threeLosses, "Line chart: Training. Last values: LSTM 1 at 3."},
		{"one bar",
			Bars{Title: "P", Labels: []string{"owl", "sun"}, Groups: []Group{{Values: []float64{0.25, math.NaN()}}}},
			"Bar chart of probability: P. owl 0.25."},
		{"groups",
			Bars{Value: "share", Labels: []string{"x"}, Groups: []Group{{"a", []float64{1}}, {"b", []float64{2}}}},
			"Bar chart of share. a: x 1; b: x 2."},
		{"a heat map",
			HeatMap{Title: "H", Rows: []string{"r"}, Columns: []string{"a", "b"}, Values: [][]float64{{-1, 0.5}}},
			"Heat map: H. 1 by 2 cells, values from -1 to 0.5."},
		{"points", Scatter{Title: "S", X: "x", Y: "y", Points: []Point{{X: 1, Y: 2}, {X: 3, Y: 4}}},
			"Scatter plot: S. 2 points, x from 1 to 3, y from 2 to 4."},
		{"words", Words{Title: "W", Tokens: []string{"a"}, Values: []float64{math.NaN()}},
			"Coloured words: W. 1 tokens, values missing."},
		{"a diagram", Diagram{Steps: 2},
			"Diagram. 2 copies of the cell RNN, one for each time step; the state goes from each to the next."},
	}
	for _, test := range tests {
		if got := altText(test.chart); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	many := make([]string, 9)
	got := altText(Bars{Labels: many, Groups: []Group{{Values: make([]float64, 9)}}})
	if !strings.HasSuffix(got, "and 3 more.") {
		t.Errorf("nine bars are %q", got)
	}
}
