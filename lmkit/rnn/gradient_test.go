package rnn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
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
	for _, o := range []rnn.Options{{Cell: rnn.RNN}, {Cell: rnn.LSTM}, {Cell: rnn.GRU}, {Cell: rnn.GRU, ResetBefore: true}} {
		t.Run(fmt.Sprintf("%v,before=%v", o.Cell, o.ResetBefore), func(t *testing.T) {
			loss := func(nodes []*graph.Node) *graph.Node {
				w := rnn.Weights{InputHidden: nodes[1], HiddenHidden: nodes[2], InputBias: nodes[3], HiddenBias: nodes[4]}
				outputs, _ := rnn.Layers(o, []rnn.Weights{w}, nodes[0], nil)
				return graph.ReduceAllSum(graph.Square(outputs))
			}
			value, err := graph.NewExec(engine.Backend, loss)
			if err != nil {
				t.Fatal(err)
			}
			gradient, err := graph.NewExec(engine.Backend, func(nodes []*graph.Node) []*graph.Node { return graph.Gradient(loss(nodes), nodes...) })
			if err != nil {
				t.Fatal(err)
			}
			checkDifferences(t, value, gradient, o.Cell.Gates()*hidden)
		})
	}
}

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
	gradients, err := gradient.Exec(arguments()...)
	if err != nil {
		t.Fatal(err)
	}
	at := func() float64 {
		output, err := value.Exec1(arguments()...)
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

func TestMisuse(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	_, err = graph.ExecOnce(engine.Backend, func(x, w *graph.Node) *graph.Node {
		weights := rnn.Weights{InputHidden: w, HiddenHidden: w, InputBias: w, HiddenBias: w}
		outputs, _ := rnn.Layers(rnn.Options{}, []rnn.Weights{weights}, x, nil)
		return outputs
	}, [][][]float32{{{1, 2}}}, [][]float32{{1, 2, 3}})
	if err == nil {
		t.Error("inputs of the wrong size are accepted")
	}
	_, err = graph.ExecOnce(engine.Backend, func(x, w *graph.Node) *graph.Node {
		weights := rnn.Weights{HiddenHidden: w, HiddenBias: graph.Squeeze(graph.Slice(w, graph.AxisRange(), graph.AxisElem(0)), 1)}
		hidden := graph.Squeeze(graph.Slice(x, graph.AxisRange(), graph.AxisRange(), graph.AxisElem(0)), 0)
		outputs, _ := rnn.Scan(rnn.Options{Cell: rnn.LSTM}, weights, x, rnn.State{Hidden: hidden})
		return outputs
	}, [][][]float32{{{1, 2, 3, 4}}}, [][]float32{{1}, {2}, {3}, {4}})
	if err == nil || !strings.Contains(err.Error(), "cell state") {
		t.Errorf("an LSTM's state without a cell state: %v", err)
	}
	if _, err := rnn.ParseCell("lsmt"); err == nil {
		t.Error("lsmt is accepted")
	}
}

func ExampleLayers() {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		fmt.Println(err)
		return
	}
	// Two time steps of one row with one input; one hidden unit, h' = tanh(x + h/2).
	output, err := graph.ExecOnce(engine.Backend, func(x, wih, whh, bias *graph.Node) *graph.Node {
		w := rnn.Weights{InputHidden: wih, HiddenHidden: whh, InputBias: bias, HiddenBias: bias}
		outputs, _ := rnn.Layers(rnn.Options{Cell: rnn.RNN}, []rnn.Weights{w}, x, nil)
		return outputs
	}, [][][]float32{{{1}}, {{0}}}, [][]float32{{1}}, [][]float32{{0.5}}, []float32{0})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%.4f\n", tensors.MustCopyFlatData[float32](output))
	// Output: [0.7616 0.3634]
}
