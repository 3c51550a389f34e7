package rnn_test

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/loss"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// A GoMLX model of your own with an LSTM layer: it reads three bits, one at a time, and learns whether the number of
// ones is odd.
func Example() {
	// logits returns a number for each row of the bits x [T,B,1]; above 0, it says odd.
	logits := func(scope *model.Scope, x *graph.Node) *graph.Node {
		o := rnn.Options{Cell: rnn.LSTM}
		w := rnn.NewWeights(scope.In("lstm"), x.Graph(), o, 1, 8)
		_, final := rnn.Layer(o, w, x, rnn.State{}) // from zeros
		readout := scope.VariableWithShape("readout", shapes.Make(dtypes.Float32, 1, 8))
		return rnn.Linear(final.Hidden, readout.NodeValue(x.Graph())) // [B,1]
	}
	step := func(scope *model.Scope, x, odd *graph.Node) *graph.Node {
		l := loss.BinaryCrossentropyLogits([]*graph.Node{odd}, []*graph.Node{logits(scope, x)})
		optimizer.Adam().LearningRate(0.05).Done().UpdateGraph(scope, x.Graph(), l)
		return l
	}

	engine, err := backend.Open(backend.Go)
	if err != nil {
		fmt.Println(err)
		return
	}
	store := model.NewStore()
	store.SetParam(model.ParamInitialSeed, int64(1))
	x := [][][]float32{ // all rows of three bits, by time step
		{{0}, {0}, {0}, {0}, {1}, {1}, {1}, {1}},
		{{0}, {0}, {1}, {1}, {0}, {0}, {1}, {1}},
		{{0}, {1}, {0}, {1}, {0}, {1}, {0}, {1}},
	}
	odd := [][]float32{{0}, {1}, {1}, {0}, {1}, {0}, {0}, {1}}
	training := model.MustNewExec(engine.Backend, store, step)
	for range 200 {
		training.MustCall(x, odd)
	}
	learned := model.MustCallOnce(engine.Backend, store, logits, x)
	for row, number := range tensors.MustCopyFlatData[float32](learned) {
		fmt.Printf("%03b odd: %v\n", row, number > 0)
	}
	// Output:
	// 000 odd: false
	// 001 odd: true
	// 010 odd: true
	// 011 odd: false
	// 100 odd: true
	// 101 odd: false
	// 110 odd: false
	// 111 odd: true
}

// Layers runs whole layers. Here it is one layer of one hidden unit, h' = tanh(x + h/2), over two time steps of one row
// with one input.
func ExampleLayers() {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		fmt.Println(err)
		return
	}
	output, err := graph.CallOnce(engine.Backend, func(x, wih, whh, bias *graph.Node) *graph.Node {
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

// Scan differentiates through time. Here it runs a leaky sum, h' = tanh(x + h/2), and the gradient shows how the last
// value depends on each input. On the Go engine the graph repeats the step; on XLA the same program is one loop.
func ExampleScan() {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		fmt.Println(err)
		return
	}
	outputs, err := graph.CallOnceN(engine.Backend, func(x, weight, bias *graph.Node) []*graph.Node {
		w := rnn.Weights{HiddenHidden: weight, HiddenBias: bias}
		_, final := rnn.Scan(rnn.Options{Cell: rnn.RNN}, w, x, rnn.State{}) // from zeros
		return []*graph.Node{final.Hidden, graph.Gradient(graph.ReduceAllSum(final.Hidden), x)[0]}
	}, [][][]float32{{{0.5}}, {{0}}, {{0.1}}}, [][]float32{{0.5}}, []float32{0})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("last value %.4f\n", tensors.MustCopyFlatData[float32](outputs[0]))
	fmt.Printf("its gradient by each input %.4f\n", tensors.MustCopyFlatData[float32](outputs[1]))
	// Output:
	// last value [0.2103]
	// its gradient by each input [0.1782 0.4532 0.9558]
}
