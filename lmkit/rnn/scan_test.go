package rnn_test

import (
	"fmt"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestGoCannotScan checks that the Go engine says so.
func TestGoCannotScan(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	g := goldens(t)[2]
	g.loop = rnn.Scanned
	exec, err := graph.NewExec(engine.Backend, g.build)
	if err == nil {
		_, err = exec.Exec(g.arguments()...)
	}
	if err == nil {
		t.Error("the Go engine scans; let Auto use it")
	}
}

// Scan differentiates through time: here a sum that leaks, h' = tanh(x + h/2), and how its last value depends on the first and on
// the last input. On the Go engine the step is repeated; on XLA the same program is one loop.
func ExampleScan() {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		fmt.Println(err)
		return
	}
	outputs, err := graph.ExecOnceN(engine.Backend, func(x, weight, bias *graph.Node) []*graph.Node {
		w := rnn.Weights{HiddenHidden: weight, HiddenBias: bias}
		zero := rnn.ZeroState(x.Graph(), rnn.RNN, 1, 1)
		_, final := rnn.Scan(rnn.Options{Cell: rnn.RNN}, w, x, zero)
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
