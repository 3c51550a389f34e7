package lmkit

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOptimizersAsTorch trains PyTorch's LSTM with each optimizer and compares the losses with PyTorch's.
func TestOptimizersAsTorch(t *testing.T) {
	data, err := os.ReadFile("testdata/torch/optimizers.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Tokens []int32
		Length int
		Losses map[string][]float64
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	cases := map[string]TrainConfig{
		"sgd": {Optimizer: "sgd", LearningRate: 0.5}, "sgd clipped": {Optimizer: "sgd", LearningRate: 0.5, Clip: 0.2},
		"sgd clipped by value": {Optimizer: "sgd", LearningRate: 0.5, ClipValue: 0.02},
		"adam":                 {LearningRate: 0.05}, "adamw": {Optimizer: "adamw", LearningRate: 0.05, WeightDecay: 0.3},
		"rmsprop": {Optimizer: "rmsprop", LearningRate: 0.01}, "rmsprop 0.95": {Optimizer: "rmsprop", LearningRate: 0.01, RMSDecay: 0.95},
	}
	if len(cases) != len(golden.Losses) {
		t.Errorf("%d cases, PyTorch has %d", len(cases), len(golden.Losses))
	}
	from := filepath.Join("testdata", "torch", "lstm")
	description, err := readDescription(from)
	if err != nil {
		t.Fatal(err)
	}
	corpus := strings.Join(description.vocabulary.Decode(golden.Tokens), " ")
	for _, engine := range engines(t) {
		for name, c := range cases {
			h := &lossHook{}
			c.From, c.Objective, c.BatchSize, c.Epochs, c.Backend, c.Hooks = from, Stream{Length: golden.Length}, 1, 2, engine, []Hook{h}
			if _, err := Train(context.Background(), corpus, c); err != nil {
				t.Fatal(err)
			}
			want := golden.Losses[name]
			if len(h.steps) != len(want) {
				t.Fatalf("%s: %d steps, PyTorch made %d", name, len(h.steps), len(want))
			}
			for i := range want {
				if !(math.Abs(h.steps[i]-want[i]) < 1e-5) {
					t.Errorf("%s on %s: loss %v at step %d, PyTorch has %v", name, engine, h.steps[i], i+1, want[i])
				}
			}
		}
	}
}
