package rnn_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestScanLikeUnrolled compares the two ways through time on a longer text than PyTorch's goldens have.
func TestScanLikeUnrolled(t *testing.T) {
	engine, err := backend.Open(backend.XLACPU)
	if err != nil || testing.Short() {
		t.Skip("it needs XLA and compiles a long graph:", err)
	}
	for _, cell := range []rnn.Cell{rnn.RNN, rnn.LSTM, rnn.GRU} {
		g := randomCase(cell, 2, 20, 7)
		var all [2][]*tensors.Tensor
		for i, loop := range []rnn.Loop{rnn.Unrolled, rnn.Scanned} {
			g.loop = loop
			exec, err := graph.NewExec(engine.Backend, g.build)
			if err != nil {
				t.Fatal(err)
			}
			if all[i], err = exec.Exec(g.arguments()...); err != nil {
				t.Fatal(err)
			}
		}
		for i := range all[0] {
			unrolled, scanned := tensors.MustCopyFlatData[float32](all[0][i]), tensors.MustCopyFlatData[float32](all[1][i])
			for j := range unrolled {
				if d := math.Abs(float64(unrolled[j] - scanned[j])); !(d <= 1e-4*max(1, math.Abs(float64(unrolled[j])))) {
					t.Fatalf("%v, result %d, value %d: %v unrolled, %v scanned", cell, i, j, unrolled[j], scanned[j])
				}
			}
		}
	}
}

// randomCase is a case without expected values.
func randomCase(cell rnn.Cell, layers, steps, batch int) golden {
	random := rand.New(rand.NewPCG(uint64(cell), 1))
	draw := func(size int) []float32 {
		values := make([]float32, size)
		for i := range values {
			values[i] = float32(random.NormFloat64() * 0.5)
		}
		return values
	}
	g := golden{Cell: cell.String(), Layers: layers, Steps: steps, Batch: batch, Initial: true}
	g.X, g.H0, g.C0 = draw(steps*batch*inputs), draw(layers*batch*hidden), draw(layers*batch*hidden)
	rows := cell.Gates() * hidden
	for l := range layers {
		in := hidden
		if l == 0 {
			in = inputs
		}
		g.Weights = append(g.Weights, [][]float32{draw(rows * in), draw(rows * hidden), draw(rows), draw(rows)})
	}
	return g
}

// TestGoCannotScan checks that the Go engine says so.
func TestGoCannotScan(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	g := randomCase(rnn.RNN, 1, 3, 1)
	g.loop = rnn.Scanned
	exec, err := graph.NewExec(engine.Backend, g.build)
	if err == nil {
		_, err = exec.Exec(g.arguments()...)
	}
	if err == nil {
		t.Error("the Go engine scans; let Auto use it")
	}
}
