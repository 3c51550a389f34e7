package train

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

func TestRecipesAreValid(t *testing.T) {
	for _, r := range Recipes {
		if err := r.Config.Validate(); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
		if r.Source == "" || r.Difference == "" {
			t.Errorf("%s: no source or difference", r.Name)
		}
	}
	_, err := FindRecipe("zaremba")
	want.Error(t, err, `"zaremba"`, "zaremba-small")
}

// TestRecipeTrains makes a few steps with each recipe, in a smaller size, and reads its settings back.
func TestRecipeTrains(t *testing.T) {
	content := strings.Repeat(corpora.OwlText, 40)
	for _, r := range Recipes {
		c := r.Config
		c.Model.EmbeddingSize, c.Model.HiddenSize, c.BatchSize, c.Steps, c.Backend = 6, 6, 2, 3, backend.Go
		c.Directory = filepath.Join(t.TempDir(), "run")
		if _, err := Run(context.Background(), text.String("it", content), c); err != nil {
			t.Fatalf("%s: %v", r.Name, err)
		}
		again, err := ReadRun(c.Directory)
		if err != nil {
			t.Fatal(err)
		}
		c.Resume, c.Backend, c.TextName = true, "", "it"
		c.Samples.Length = again.Samples.Length // a default that is filled in
		if got, want := fmt.Sprintf("%+v", again), fmt.Sprintf("%+v", c); got != want {
			t.Errorf("%s: run.json gives\n%s, not\n%s", r.Name, got, want)
		}
	}
}

// TestInitialWeights checks the range and the mean of the weights and the bias of the forget gates.
func TestInitialWeights(t *testing.T) {
	c := network.Config{Cell: rnn.LSTM, VocabularySize: 50, EmbeddingSize: 30, HiddenSize: 20, Layers: 2}
	for name, values := range c.InitialValues(1, network.InitialWeights{Range: 0.1, ForgetBias: 1}) {
		sum, largest := 0.0, 0.0
		for i, value := range values {
			if strings.Contains(name, "bias_ih") && i >= 20 && i < 40 {
				if value != 1 {
					t.Errorf("%s[%d] is %v, want 1", name, i, value)
				}
				continue
			}
			sum += float64(value)
			largest = max(largest, math.Abs(float64(value)))
		}
		if mean := sum / float64(len(values)); math.Abs(mean) > 0.03 || largest > 0.1 || largest < 0.07 {
			t.Errorf("%s: mean %v, largest %v", name, mean, largest)
		}
	}
}
