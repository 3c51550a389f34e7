package rnn_test

import (
	"fmt"
	"math"
	"sync"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/internal/enginetest"
	"owlm/internal/golden"
	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestLikeTorch compares values and gradients with PyTorch's, on the Go engine and, where it is installed, on XLA.
func TestLikeTorch(t *testing.T) {
	for _, name := range enginetest.Names(t) {
		engine, err := backend.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		var mutex sync.Mutex
		largest, count := 0.0, 0
		t.Run(name, func(t *testing.T) {
			for _, group := range grouped(goldens(t)) {
				for _, loop := range []rnn.Loop{rnn.Unrolled, rnn.Scanned} {
					if name == backend.Go && loop == rnn.Scanned {
						continue // it cannot
					}
					t.Run(fmt.Sprintf("%v/%s/layers=%d", loop, group[0].Cell, group[0].Layers), func(t *testing.T) {
						t.Parallel()
						difference := likeTorch(t, engine, loop, group)
						mutex.Lock()
						defer mutex.Unlock()
						largest, count = max(largest, difference), count+len(group)
					})
				}
			}
		})
		golden.Agree(t, golden.Agreement{
			Comparison: "outputs, states and gradients of the cells, " + name,
			Cases:      count, Largest: largest, Limit: 1e-5,
		})
	}
}

// grouped groups the cases by cell and number of layers: to compile a program for each case would take XLA minutes.
func grouped(all []network) (groups [][]network) {
	for _, g := range all {
		if last := len(groups) - 1; last >= 0 && groups[last][0].Cell == g.Cell && groups[last][0].Layers == g.Layers {
			groups[last] = append(groups[last], g)
		} else {
			groups = append(groups, []network{g})
		}
	}
	return groups
}

// likeTorch runs all cases in one program and returns the largest difference.
func likeTorch(t *testing.T, engine *backend.Engine, loop rnn.Loop, group []network) (largest float64) {
	var cases []network
	var arguments []any
	for _, g := range group {
		if loop == rnn.Unrolled && g.Steps > 2 && engine.Name() != backend.Go {
			continue // XLA takes long to compile them, and the Go engine tests them
		}
		g.loop = loop
		cases = append(cases, g)
		arguments = append(arguments, g.arguments()...)
	}
	exec, err := graph.NewExec(engine.Backend, func(nodes []*graph.Node) (results []*graph.Node) {
		for _, g := range cases {
			count := len(g.arguments())
			results = append(results, g.build(nodes[:count])...)
			nodes = nodes[count:]
		}
		return results
	})
	if err != nil {
		t.Fatal(err)
	}
	defer exec.Finalize()
	results, err := exec.Call(arguments...)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range cases {
		want := g.expected()
		if len(results) < len(want) {
			t.Fatalf("%d results left, want %d", len(results), len(want))
		}
		for i := range want {
			where := fmt.Sprintf("steps=%d,batch=%d,initial=%v: result %d", g.Steps, g.Batch, g.Initial, i)
			largest = max(largest, compare(t, where, tensors.MustCopyFlatData[float32](results[i]), want[i]))
		}
		results = results[len(want):]
	}
	if len(results) > 0 {
		t.Errorf("%d results more than wanted", len(results))
	}
	return largest
}

// compare allows a difference of 1e-5, relative to the largest value if that is above 1: a gradient near 0 can be a sum
// of large terms. It returns the largest difference.
func compare(t *testing.T, where string, got, want []float32) (largest float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s has %d values, want %d", where, len(got), len(want))
	}
	scale := 1.0
	for _, value := range want {
		scale = max(scale, math.Abs(float64(value)))
	}
	for i := range want {
		difference := math.Abs(float64(got[i]-want[i])) / scale
		if largest = max(largest, difference); !(difference <= 1e-5) {
			t.Fatalf("%s, value %d: %v, want %v", where, i, got[i], want[i])
		}
	}
	return largest
}
