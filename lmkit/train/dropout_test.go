package train

import (
	"fmt"
	"math"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/text"
)

// TestDropoutStatistics applies dropout to ones. It counts the zeros, checks the scale of the other values and compares
// the time steps.
func TestDropoutStatistics(t *testing.T) {
	const steps, rows, size = 20, 50, 100
	for _, engine := range engines(t) {
		for _, locked := range []bool{false, true} {
			for _, rate := range []float64{0.2, 0.5} {
				t.Run(fmt.Sprintf("%s/locked %v/%v", engine, locked, rate), func(t *testing.T) {
					values := droppedOnes(t, engine, rate, locked, steps, rows, size)
					zeros, alike, scale := 0, 0, float32(1/(1-rate))
					for i, value := range values {
						switch {
						case value == 0:
							zeros++
						case math.Abs(float64(value-scale)) > 1e-6:
							t.Fatalf("value %v, want 0 or %v", value, scale)
						}
						if value == values[i%(rows*size)] {
							alike++
						}
					}
					// A locked mask has rows*size independent draws, the other steps times as many: five standard
					// deviations.
					draws := float64(rows * size)
					if !locked {
						draws *= steps
					}
					share := float64(zeros) / float64(len(values))
					if bound := 5 * math.Sqrt(rate*(1-rate)/draws); math.Abs(share-rate) > bound {
						t.Errorf("a share of %v is zeroed, want %v ± %v", share, rate, bound)
					}
					if all := alike == len(values); all != locked {
						t.Errorf("%d of %d values are as at the first time step", alike, len(values))
					}
				})
			}
		}
	}
}

// droppedOnes applies dropout to ones [steps,rows,size].
func droppedOnes(t *testing.T, engineName string, rate float64, locked bool, steps, rows, size int) []float32 {
	t.Helper()
	engine, err := backend.Open(engineName)
	if err != nil {
		t.Fatal(err)
	}
	store := model.NewStore()
	if err := store.SetRNGStateFromSeed(1); err != nil {
		t.Fatal(err)
	}
	exec, err := model.NewExec(engine.Backend, store, func(scope *model.Scope, g *graph.Graph) *graph.Node {
		return dropoutOf(scope, rate, locked)(graph.Ones(g, shapes.Make(dtypes.Float32, steps, rows, size)))
	})
	if err != nil {
		t.Fatal(err)
	}
	output, err := exec.Call1()
	if err != nil {
		t.Fatal(err)
	}
	values, err := tensors.CopyFlatData[float32](output)
	if err != nil {
		t.Fatal(err)
	}
	return values
}

// TestDropoutOnlyInTraining trains with each kind of dropout alone: it changes the losses, and evaluating the model
// draws no random numbers.
func TestDropoutOnlyInTraining(t *testing.T) {
	losses := func(change func(c *Config)) []float64 {
		c, h := tiny(backend.Go), &lossHook{}
		c.Objective, c.BatchSize, c.Epochs, c.Hooks = Stream{Length: 4}, 2, 1, []Hook{h}
		change(&c)
		m := train(t, c)
		first, err := m.Evaluate(t.Context(), text.String("", "once upon a time"), lmkit.EvaluateConfig{})
		if err != nil {
			t.Fatal(err)
		}
		second, err := m.Evaluate(t.Context(), text.String("", "once upon a time"), lmkit.EvaluateConfig{})
		if err != nil || first != second {
			t.Errorf("evaluation gives %v, then %v, %v", first, second, err)
		}
		return h.steps
	}
	plain := losses(func(*Config) {})
	seen := map[float64]string{plain[0]: "none"}
	for name, change := range map[string]func(c *Config){
		"layers":            func(c *Config) { c.Model.Dropout = 0.5 },
		"embeddings":        func(c *Config) { c.Dropout.Embeddings = 0.5 },
		"outputs":           func(c *Config) { c.Dropout.Outputs = 0.5 },
		"locked outputs":    func(c *Config) { c.Dropout.Outputs, c.Dropout.Locked = 0.5, true },
		"locked embeddings": func(c *Config) { c.Dropout.Embeddings, c.Dropout.Locked = 0.5, true },
	} {
		first := losses(change)[0]
		if other, ok := seen[first]; ok {
			t.Errorf("dropout of %s gives the same first loss, %v, as of %s", name, first, other)
		}
		seen[first] = name
	}
}
