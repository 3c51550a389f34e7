package rnn_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/internal/enginetest"
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

// TestWaysAgree compares all ways to run the same steps, at a size at which XLA gets weights in pieces with lengthened rows: unrolled and
// scanned, from a state of zeros and from State{}.
func TestWaysAgree(t *testing.T) {
	const steps, batch, hidden = 3, 2, 256
	random := rand.New(rand.NewPCG(3, 4))
	for _, name := range enginetest.Names(t) {
		engine, err := backend.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		loops := []rnn.Loop{rnn.Unrolled}
		if name != backend.Go { // which cannot scan
			loops = append(loops, rnn.Scanned)
		}
		for _, o := range []rnn.Options{{Cell: rnn.RNN}, {Cell: rnn.LSTM}, {Cell: rnn.GRU}, {Cell: rnn.GRU, ResetBefore: true}} {
			t.Run(fmt.Sprintf("%s/%v/%v", name, o.Cell, o.ResetBefore), func(t *testing.T) {
				gates, ways := o.Cell.Gates()*hidden, 0
				results, err := graph.ExecOnceN(engine.Backend, func(nodes []*graph.Node) (all []*graph.Node) {
					projected, d := nodes[0], nodes[1]
					w := rnn.Weights{HiddenHidden: nodes[2], InputBias: nodes[3], HiddenBias: nodes[4]}
					for _, o.Loop = range loops {
						for _, initial := range []rnn.State{rnn.ZeroState(d.Graph(), o.Cell, batch, hidden), {}} {
							outputs, final := rnn.Scan(o, w, projected, initial)
							loss := graph.Add(graph.ReduceAllSum(graph.Mul(outputs, d)), graph.ReduceAllSum(final.Hidden))
							if final.Cell != nil {
								loss = graph.Add(loss, graph.ReduceAllSum(graph.Square(final.Cell)))
							}
							all = append(append(all, outputs, loss), graph.Gradient(loss, projected, nodes[2], nodes[3], nodes[4])...)
							ways++
						}
					}
					return all
				}, normal(random, 1, steps, batch, gates), normal(random, 1, steps, batch, hidden), normal(random, 0.06, gates, hidden),
					normal(random, 0.06, gates), normal(random, 0.06, gates))
				if err != nil {
					t.Fatal(err)
				}
				each := len(results) / ways
				for i, result := range results[each:] {
					where := fmt.Sprintf("way %d, result %d", i/each+1, i%each)
					compare(t, where, tensors.MustCopyFlatData[float32](result), tensors.MustCopyFlatData[float32](results[i%each]))
				}
			})
		}
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
