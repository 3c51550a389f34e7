package rnn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestGradientsByDifferences compares gradients with finite differences, in float64 on the Go engine.
func TestGradientsByDifferences(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range recurrences {
		t.Run(fmt.Sprintf("%v,before=%v", o.Cell, o.ResetBefore), func(t *testing.T) {
			loss := func(nodes []*graph.Node) *graph.Node {
				outputs, _ := rnn.Layers(o, []rnn.Weights{weightsOf(nodes[1:])}, nodes[0], nil)
				return graph.ReduceAllSum(graph.Square(outputs))
			}
			value, err := graph.NewExec(engine.Backend, loss)
			if err != nil {
				t.Fatal(err)
			}
			gradient, err := graph.NewExec(engine.Backend, func(nodes []*graph.Node) []*graph.Node {
				return graph.Gradient(loss(nodes), nodes...)
			})
			if err != nil {
				t.Fatal(err)
			}
			checkDifferences(t, value, gradient, o.Cell.Gates()*hidden)
		})
	}
}

// checkDifferences compares the gradients of a value with respect to x [3,2,I] and the weights of a layer, which have
// so many rows.
func checkDifferences(t *testing.T, value, gradient *graph.Exec, rows int) {
	random := rand.New(rand.NewPCG(1, 2))
	shapes := [][]int{{3, 2, inputs}, {rows, inputs}, {rows, hidden}, {rows}, {rows}}
	values := make([][]float64, len(shapes))
	for i, shape := range shapes {
		size := 1
		for _, d := range shape {
			size *= d
		}
		for range size {
			values[i] = append(values[i], random.NormFloat64())
		}
	}
	arguments := func() (list []any) {
		for i, shape := range shapes {
			list = append(list, tensors.FromFlatDataAndDimensions(values[i], shape...))
		}
		return list
	}
	gradients, err := gradient.Call(arguments()...)
	if err != nil {
		t.Fatal(err)
	}
	at := func() float64 {
		output, err := value.Call1(arguments()...)
		if err != nil {
			t.Fatal(err)
		}
		return tensors.ToScalar[float64](output)
	}
	const step = 1e-5
	for i := range shapes {
		got := tensors.MustCopyFlatData[float64](gradients[i])
		for j := range values[i] {
			original := values[i][j]
			values[i][j] = original + step
			high := at()
			values[i][j] = original - step
			low := at()
			values[i][j] = original
			if want := (high - low) / (2 * step); math.Abs(got[j]-want) > 1e-6*max(1, math.Abs(want)) {
				t.Fatalf("argument %d, value %d: gradient %v, differences give %v", i, j, got[j], want)
			}
		}
	}
}
