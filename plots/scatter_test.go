package plots_test

import (
	"log"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/cmpimg"

	"owlm/plots"
)

func ExampleScatter() {
	var points []plots.Point
	words := strings.Fields("a all and animals day dense every forest from gathered he his in known land lived old " +
		"once owl stories tell the time upon was wisdom wise would")
	for i, word := range words {
		radius := 1 + math.Sin(float64(i)*2.1)
		group := "other words"
		if len(word) <= 3 {
			group = "short words"
		}
		points = append(points, plots.Point{
			X: radius * math.Cos(float64(i)*0.9), Y: radius * math.Sin(float64(i)*0.9), Label: word, Group: group})
	}
	chart := plots.Scatter{
		Title: "Embeddings in two dimensions", X: "first component", Y: "second component", Points: points,
	}
	if err := plots.Save("testdata/scatter.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func TestScatter(t *testing.T) {
	cmpimg.CheckPlotApprox(ExampleScatter, t, tolerance, "scatter.png")
}
