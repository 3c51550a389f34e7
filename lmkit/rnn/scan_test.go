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

// TestGoCannotScan checks that the Go engine refuses to scan.
func TestGoCannotScan(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	g := goldens(t)[2]
	g.loop = rnn.Scanned
	exec, err := graph.NewExec(engine.Backend, g.build)
	if err == nil {
		_, err = exec.Call(g.arguments()...)
	}
	if err == nil {
		t.Error("the Go engine scans; let Auto use it")
	}
}

// TestWaysAgree compares all ways to run the same steps: unrolled and scanned, from a state of zeros and from State{}.
// At this size XLA gets the weights in pieces with lengthened rows.
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
		for _, o := range recurrences {
			t.Run(fmt.Sprintf("%s/%v/%v", name, o.Cell, o.ResetBefore), func(t *testing.T) {
				gates, ways := o.Cell.Gates()*hidden, 0
				results, err := graph.CallOnceN(engine.Backend, func(nodes []*graph.Node) (all []*graph.Node) {
					projected, d := nodes[0], nodes[1]
					w := rnn.Weights{HiddenHidden: nodes[2], InputBias: nodes[3], HiddenBias: nodes[4]}
					for _, o.Loop = range loops {
						for _, initial := range []rnn.State{rnn.ZeroState(d.Graph(), o.Cell, batch, hidden), {}} {
							all = append(all, scanned(o, w, projected, d, initial)...)
							ways++
						}
					}
					return all
				}, normal(random, 1, steps, batch, gates), normal(random, 1, steps, batch, hidden),
					normal(random, 0.06, gates, hidden), normal(random, 0.06, gates), normal(random, 0.06, gates))
				if err != nil {
					t.Fatal(err)
				}
				each := len(results) / ways
				for i, result := range results[each:] {
					where := fmt.Sprintf("way %d, result %d", i/each+1, i%each)
					want := tensors.MustCopyFlatData[float32](results[i%each])
					compare(t, where, tensors.MustCopyFlatData[float32](result), want)
				}
			})
		}
	}
}

// scanned returns the outputs of a scan, a loss of its results, in which d weights the outputs, and the loss's
// gradients.
func scanned(o rnn.Options, w rnn.Weights, projected, d *graph.Node, initial rnn.State) []*graph.Node {
	outputs, final := rnn.Scan(o, w, projected, initial)
	loss := graph.Add(graph.ReduceAllSum(graph.Mul(outputs, d)), graph.ReduceAllSum(final.Hidden))
	if final.Cell != nil {
		loss = graph.Add(loss, graph.ReduceAllSum(graph.Square(final.Cell)))
	}
	gradients := graph.Gradient(loss, projected, w.HiddenHidden, w.InputBias, w.HiddenBias)
	return append([]*graph.Node{outputs, loss}, gradients...)
}
