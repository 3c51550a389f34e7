package rnn_test

import (
	"compress/gzip"
	"encoding/json"
	"os"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/internal/golden"
	"owlm/lmkit/rnn"
)

// network is a case of testdata/torch_rnn.json.gz, which PyTorch computed with the script beside it, torch_rnn.py.
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

// inputs and hidden are the sizes of all cases.
const inputs, hidden = 3, 4

// recurrences are all that the options can choose.
var recurrences = []rnn.Options{{Cell: rnn.RNN}, {Cell: rnn.LSTM}, {Cell: rnn.GRU}, {Cell: rnn.GRU, ResetBefore: true}}

// weightsOf returns the weights that begin a list, in PyTorch's order.
func weightsOf(list []*graph.Node) rnn.Weights {
	return rnn.Weights{InputHidden: list[0], HiddenHidden: list[1], InputBias: list[2], HiddenBias: list[3]}
}

// goldens reads the cases.
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

// arguments lists x, the initial states of each layer, and the weights of each layer.
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

// build returns the outputs, the final states and the gradients of their squares with respect to the arguments.
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
		layers = append(layers, weightsOf(nodes[1+2*g.Layers+4*l:]))
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

// expected lists the values that build should give, in its order.
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
