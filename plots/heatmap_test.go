package plots_test

import (
	"log"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/cmpimg"

	"owlm/plots"
)

func ExampleHeatMap() {
	chart := plots.HeatMap{
		Title:   "Entropy of the next token (nats)",
		X:       "top-p",
		Y:       "temperature",
		Rows:    []string{"0.5", "0.8", "1", "1.5"},
		Columns: []string{"0.5", "0.8", "0.9", "0.95", "1"},
		Values: [][]float64{
			{0, 0.31, 0.52, 0.63, 0.71},
			{0.12, 0.68, 0.95, 1.18, 1.36},
			{0.35, 0.97, 1.31, 1.52, 1.84},
			{0.69, 1.38, 1.79, 2.03, 2.41},
		},
		Format: "%.2f",
		Value:  "entropy",
	}
	if err := plots.Save("testdata/heatmap.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func ExampleHeatMap_similarity() {
	words := strings.Fields("once upon a time owl wise old forest animals stories wisdom gathered")
	values := make([][]float64, len(words))
	for i := range words {
		for j := range words {
			values[i] = append(values[i], math.Cos(float64((i-j)*(i+j))/9)*math.Exp(-math.Abs(float64(i-j))/6))
		}
	}
	chart := plots.HeatMap{
		Title: "Similarity of the embeddings",
		Rows:  words, Columns: words, Values: values,
		Min: -1, Max: 1, Diverging: true, Value: "cosine",
	}
	if err := plots.Save("testdata/heatmap_similarity.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func TestHeatMap(t *testing.T) {
	cmpimg.CheckPlotApprox(ExampleHeatMap, t, tolerance, "heatmap.png")
	cmpimg.CheckPlotApprox(ExampleHeatMap_similarity, t, tolerance, "heatmap_similarity.png")
}
