package train

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"owlm/internal/golden"
	"owlm/lmkit"
)

// trained is the content of training.json, which testdata/torch_training.py wrote with PyTorch.
type trained struct {
	Runs   []trainedRun
	Greedy []struct {
		Model, Prompt string
		Tokens        []string
	}
}

type trainedRun struct {
	Start, Objective, Optimizer string
	Sequence, Batch             int
	LearningRate                float64 `json:"learning_rate"`
	Clip                        float64
	Losses                      []float64
}

const trainedDirectory = "testdata/torch_training"

func readTrained(t *testing.T) (g trained) {
	golden.Read(t, filepath.Join(trainedDirectory, "training.json"), &g)
	return g
}

// TestTrainsLikeTorch starts from PyTorch's weights, reads the same batches in the same order, and compares the loss of
// each step.
func TestTrainsLikeTorch(t *testing.T) {
	g := readTrained(t)
	for _, engine := range engines(t) {
		var mutex sync.Mutex
		early, late := 0.0, 0.0 // largest relative differences of the first 50 steps, and of all
		t.Run(engine, func(t *testing.T) {
			for _, run := range g.Runs {
				t.Run(fmt.Sprintf("%s/%s/%s/clip=%v", run.Start, run.Objective, run.Optimizer, run.Clip),
					func(t *testing.T) {
						t.Parallel()
						first, all := trainLikeTorch(t, run, engine)
						mutex.Lock()
						defer mutex.Unlock()
						early, late = max(early, first), max(late, all)
					})
			}
		})
		golden.Agree(t, golden.Agreement{Comparison: "loss of the first 50 training steps, relative, " + engine,
			Cases: 50 * len(g.Runs), Largest: early, Limit: 1e-4})
		golden.Agree(t, golden.Agreement{Comparison: "loss of 200 training steps, relative, " + engine,
			Cases: 200 * len(g.Runs), Largest: late, Limit: 1e-3})
	}
}

// trainLikeTorch repeats a run of PyTorch's. It returns the largest relative differences of the losses: of the first 50
// steps, and of all.
func trainLikeTorch(t *testing.T, run trainedRun, engine string) (early, late float64) {
	h := &lossHook{}
	c := Config{
		From:      filepath.Join(golden.Path(trainedDirectory), run.Start),
		Objective: Windows{Length: run.Sequence}, BatchSize: run.Batch, InOrder: true,
		Steps: len(run.Losses), Optimizer: run.Optimizer, LearningRate: run.LearningRate,
		Clip: run.Clip, Backend: engine, Hooks: []Hook{h},
	}
	if run.Objective == "stream" {
		c.Objective = Stream{Length: run.Sequence}
	}
	train(t, c)
	if len(h.steps) != len(run.Losses) || len(h.steps) != 200 {
		t.Fatalf("%d steps, PyTorch made %d", len(h.steps), len(run.Losses))
	}
	for i, want := range run.Losses {
		difference := math.Abs(h.steps[i]-want) / want
		if i < 50 {
			early = max(early, difference)
		}
		late = max(late, difference)
		if limit := 1e-3; !(difference < limit) || i < 50 && !(difference < limit/10) {
			t.Fatalf("step %d: loss %v, PyTorch has %v: relative difference %.2g", i+1, h.steps[i], want, difference)
		}
	}
	return early, late
}

// TestTrajectoriesCover checks that the runs cover every combination.
func TestTrajectoriesCover(t *testing.T) {
	found := make(map[string]bool)
	for _, run := range readTrained(t).Runs {
		d, err := lmkit.ReadDescription(filepath.Join(trainedDirectory, run.Start))
		if err != nil {
			t.Fatal(err)
		}
		for _, choice := range []string{
			run.Optimizer, fmt.Sprintf("clip=%v", run.Clip > 0), fmt.Sprintf("tied=%v", d.Config.TieWeights),
		} {
			found[fmt.Sprintf("%v %s %s", d.Config.Cell, run.Objective, choice)] = true
		}
	}
	for _, cell := range []string{"rnn", "lstm", "gru"} {
		for _, objective := range []string{"windows", "stream"} {
			for _, choice := range []string{
				"adam", "sgd", "adamw", "clip=true", "clip=false", "tied=true", "tied=false",
			} {
				if name := cell + " " + objective + " " + choice; !found[name] {
					t.Errorf("no run with %s", name)
				}
			}
		}
	}
}

// TestGreedyLikeTorch continues prompts with models that PyTorch trained: the tokens must be those that PyTorch writes.
func TestGreedyLikeTorch(t *testing.T) {
	g := readTrained(t)
	for _, engine := range engines(t) {
		different := 0
		for _, c := range g.Greedy {
			m, err := lmkit.Open(filepath.Join(golden.Path(trainedDirectory), c.Model), engine)
			if err != nil {
				t.Fatal(err)
			}
			samples, err := m.Samples(context.Background(), c.Prompt, lmkit.GenerateConfig{Length: 50}, 1)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(samples[0].Tokens, c.Tokens) || len(c.Tokens) != 50 {
				different++
				t.Errorf("%s, %s, %q:\n%q, PyTorch writes\n%q", engine, c.Model, c.Prompt, samples[0].Tokens, c.Tokens)
			}
		}
		golden.Agree(t, golden.Agreement{Comparison: "greedy continuations of 50 tokens that differ, " + engine,
			Cases: len(g.Greedy), Largest: float64(different)})
	}
}
