package rnn_test

import (
	"fmt"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/internal/enginetest"
	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestLayer compares Layer, and Step called once for each time step, with PyTorch's outputs and final states.
func TestLayer(t *testing.T) {
	for _, name := range enginetest.Names(t) {
		engine, err := backend.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, g := range goldens(t) {
			if g.Layers != 1 || g.Steps != 5 || g.Batch != 7 {
				continue
			}
			t.Run(fmt.Sprintf("%s/%s/initial=%v", name, g.Cell, g.Initial), func(t *testing.T) {
				results, err := graph.CallOnceN(engine.Backend, g.layerAndSteps, g.arguments()...)
				if err != nil {
					t.Fatal(err)
				}
				want := [][]float32{g.Outputs, g.Hn}
				if g.Cell == "lstm" {
					want = append(want, g.Cn)
				}
				for i, result := range results {
					where := fmt.Sprintf("result %d", i)
					compare(t, where, tensors.MustCopyFlatData[float32](result), want[i%len(want)])
				}
			})
		}
	}
}

// layerAndSteps returns the outputs and the final state of Layer, and those of Step.
func (g network) layerAndSteps(nodes []*graph.Node) (results []*graph.Node) {
	o, w, state := g.options(), weightsOf(nodes[3:]), rnn.State{}
	if g.Initial {
		state.Hidden = nodes[1]
		if o.Cell == rnn.LSTM {
			state.Cell = nodes[2]
		}
	}
	add := func(outputs *graph.Node, final rnn.State) {
		results = append(results, outputs, final.Hidden)
		if o.Cell == rnn.LSTM {
			results = append(results, final.Cell)
		}
	}
	add(rnn.Layer(o, w, nodes[0], state))
	projected := rnn.Project(w, nodes[0])
	var outputs []*graph.Node
	for step := range g.Steps {
		state = rnn.Step(o, w, graph.Squeeze(graph.Slice(projected, graph.AxisElem(step)), 0), state)
		outputs = append(outputs, state.Hidden)
	}
	add(graph.Stack(outputs, 0), state)
	return results
}
