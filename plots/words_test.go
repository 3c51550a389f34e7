package plots_test

import (
	"log"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/cmpimg"

	"owlm/plots"
)

func ExampleWords() {
	tokens := strings.Fields("once upon a time , in a dense forest , there lived a wise old owl . the owl was known " +
		"for his wisdom , and animals from all over the forest would come to ask for his advice .")
	surprise := make([]float64, len(tokens))
	for i, token := range tokens {
		surprise[i] = float64(len(token)) * (0.4 + 0.3*math.Sin(float64(i)*1.9))
	}
	surprise[0] = math.NaN() // nothing comes before the first word
	chart := plots.Words{Title: "What the model did not expect", Tokens: tokens, Values: surprise}
	if err := plots.Save("testdata/words.png", chart); err != nil {
		log.Fatal(err)
	}
	// Output:
}

func TestWords(t *testing.T) {
	cmpimg.CheckPlotApprox(ExampleWords, t, tolerance, "words.png")
}
