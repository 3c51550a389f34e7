package rnn_test

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/internal/enginetest"
	"owlm/internal/golden"
	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// network is a case of testdata/torch_rnn.json.gz, which PyTorch made (torch_rnn.py beside it).
type network struct {
	Cell                 string
	Layers, Steps, Batch int
	Initial              bool
	X, H0, C0            []float32
	Weights              [][][]float32 // of each layer: weight_ih, weight_hh, bias_ih, bias_hh
	Outputs, Hn, Cn      []float32
	Dx, Dh0, Dc0         []float32
	Dweights             [][][]float32

	loop rnn.Loop
}

const inputs, hidden = 3, 4

func goldens(t *testing.T) []network {
	file, err := os.Open(golden.Path("testdata/torch_rnn.json.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []network
	if err := json.NewDecoder(unpacked).Decode(&list); err != nil {
		t.Fatal(err)
	}
	return list
}

func (g network) options() rnn.Options {
	if g.Cell == "cho" {
		return rnn.Options{Cell: rnn.GRU, ResetBefore: true, Loop: g.loop}
	}
	cell, err := rnn.ParseCell(g.Cell)
	if err != nil {
		panic(err)
	}
	return rnn.Options{Cell: cell, Loop: g.loop}
}

// arguments are x, the initial states of each layer, and the weights of each layer.
func (g network) arguments() (list []any) {
	add := func(values []float32, dimensions ...int) {
		list = append(list, tensors.FromFlatDataAndDimensions(values, dimensions...))
	}
	add(g.X, g.Steps, g.Batch, inputs)
	size := g.Batch * hidden
	for l := range g.Layers {
		add(g.H0[l*size:(l+1)*size], g.Batch, hidden)
		add(g.C0[l*size:(l+1)*size], g.Batch, hidden)
	}
	rows := g.options().Cell.Gates() * hidden
	for l, w := range g.Weights {
		in := hidden
		if l == 0 {
			in = inputs
		}
		add(w[0], rows, in)
		add(w[1], rows, hidden)
		add(w[2], rows)
		add(w[3], rows)
	}
	return list
}

// build returns outputs, final states and the gradients with respect to all arguments.
func (g network) build(nodes []*graph.Node) []*graph.Node {
	o := g.options()
	var initial []rnn.State
	var layers []rnn.Weights
	for l := range g.Layers {
		s := rnn.State{Hidden: nodes[1+2*l]}
		if o.Cell == rnn.LSTM {
			s.Cell = nodes[2+2*l]
		}
		initial = append(initial, s)
		w := nodes[1+2*g.Layers+4*l:]
		layers = append(layers, rnn.Weights{InputHidden: w[0], HiddenHidden: w[1], InputBias: w[2], HiddenBias: w[3]})
	}
	if !g.Initial {
		initial = nil // zeros
	}
	outputs, final := rnn.Layers(o, layers, nodes[0], initial)
	squares := graph.ReduceAllSum(graph.Square(outputs))
	results := []*graph.Node{outputs}
	for _, s := range final {
		squares = graph.Add(squares, graph.ReduceAllSum(graph.Square(s.Hidden)))
		results = append(results, s.Hidden)
		if s.Cell != nil {
			squares = graph.Add(squares, graph.ReduceAllSum(graph.Square(s.Cell)))
			results = append(results, s.Cell)
		}
	}
	with := []*graph.Node{nodes[0]}
	if g.Initial {
		for _, s := range initial {
			with = append(with, s.Hidden)
			if s.Cell != nil {
				with = append(with, s.Cell)
			}
		}
	}
	with = append(with, nodes[1+2*g.Layers:]...)
	return append(results, graph.Gradient(graph.MulScalar(squares, 0.5), with...)...)
}

// expected are the values that build should give, in its order.
func (g network) expected() (list [][]float32) {
	size := g.Batch * hidden
	states := func(h, c []float32) {
		for l := range g.Layers {
			list = append(list, h[l*size:(l+1)*size])
			if g.Cell == "lstm" {
				list = append(list, c[l*size:(l+1)*size])
			}
		}
	}
	list = append(list, g.Outputs)
	states(g.Hn, g.Cn)
	list = append(list, g.Dx)
	if g.Initial {
		states(g.Dh0, g.Dc0)
	}
	for _, w := range g.Dweights {
		list = append(list, w...)
	}
	return list
}

// TestLikeTorch compares values and gradients with PyTorch's, on the Go engine and, where it is installed, on XLA.
func TestLikeTorch(t *testing.T) {
	for _, name := range enginetest.Names(t) {
		engine, err := backend.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		largest, count := 0.0, 0
		for _, group := range grouped(goldens(t)) {
			for _, loop := range []rnn.Loop{rnn.Unrolled, rnn.Scanned} {
				if name == backend.Go && loop == rnn.Scanned {
					continue // which it cannot
				}
				t.Run(fmt.Sprintf("%s/%v/%s/layers=%d", name, loop, group[0].Cell, group[0].Layers), func(t *testing.T) {
					largest = max(largest, likeTorch(t, engine, loop, group))
					count += len(group)
				})
			}
		}
		golden.Agree(t, golden.Agreement{Comparison: "outputs, states and gradients of the cells, " + name, Cases: count, Largest: largest, Limit: 1e-5})
	}
}

// grouped puts the cases of one cell and number of layers together: a program for each case would take XLA minutes to compile.
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
			continue // long to compile, and the Go engine unrolls them
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
	results, err := exec.Exec(arguments...)
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

// compare allows 1e-5, absolute or, if the largest value is above 1, relative to that: a gradient near 0 is a sum of large terms.
// It returns the largest such difference.
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
