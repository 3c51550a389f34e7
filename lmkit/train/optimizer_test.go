package train

import (
	"context"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/golden"
	"owlm/lmkit"
	"owlm/lmkit/text"
)

// TestOptimizersLikeTorch trains PyTorch's LSTM with each optimizer and compares the losses with PyTorch's.
func TestOptimizersLikeTorch(t *testing.T) {
	var g struct {
		Tokens []int32
		Length int
		Losses map[string][]float64
	}
	golden.Read(t, filepath.Join("../testdata/torch", "optimizers.json"), &g)
	cases := map[string]Config{
		"sgd": {Optimizer: "sgd", LearningRate: 0.5}, "sgd clipped": {Optimizer: "sgd", LearningRate: 0.5, Clip: 0.2},
		"sgd clipped by value": {Optimizer: "sgd", LearningRate: 0.5, ClipValue: 0.02},
		"adam":                 {LearningRate: 0.05},
		"adamw":                {Optimizer: "adamw", LearningRate: 0.05, WeightDecay: 0.3},
		"rmsprop":              {Optimizer: "rmsprop", LearningRate: 0.01},
		"rmsprop 0.95":         {Optimizer: "rmsprop", LearningRate: 0.01, RMSDecay: 0.95},
	}
	if len(cases) != len(g.Losses) {
		t.Errorf("%d cases, PyTorch has %d", len(cases), len(g.Losses))
	}
	from := filepath.Join(golden.Path("../testdata/torch"), "lstm")
	description, err := lmkit.ReadDescription(from)
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Join(description.Vocabulary.Decode(g.Tokens), " ")
	for _, engine := range engines(t) {
		largest, count := 0.0, 0
		for name, c := range cases {
			h := &lossHook{}
			c.From, c.Objective, c.BatchSize, c.Epochs, c.Backend, c.Hooks = from, Stream{Length: g.Length}, 1, 2,
				engine, []Hook{h}
			if _, err := Run(context.Background(), text.String("it", content), c); err != nil {
				t.Fatal(err)
			}
			want := g.Losses[name]
			if len(h.steps) != len(want) {
				t.Fatalf("%s: %d steps, PyTorch made %d", name, len(h.steps), len(want))
			}
			for i := range want {
				count++
				difference := math.Abs(h.steps[i] - want[i])
				if largest = max(largest, difference); !(difference < 1e-5) {
					t.Errorf("%s on %s: loss %v at step %d, PyTorch has %v", name, engine, h.steps[i], i+1, want[i])
				}
			}
		}
		golden.Agree(t, golden.Agreement{Comparison: "loss of the first steps with each optimizer, " + engine,
			Cases: count, Largest: largest, Limit: 1e-5})
	}
}
