package flow

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// Config describes the layer that Measure runs.
type Config struct {
	// Cell is the kind of recurrence. The weights are drawn as for a new model.
	Cell rnn.Cell
	// HiddenSize is the length of the hidden state, Steps the number of time steps.
	HiddenSize, Steps int
	// Scale multiplies the recurrent weights; 0 stands for 1.
	Scale float64
	// ForgetBias is added to the bias of the LSTM's forget gate; Jozefowicz et al. 2015 advise 1. Other cells ignore
	// it.
	ForgetBias float64
	// Seed selects weights and inputs.
	Seed uint64
}

// batch is the number of random sequences that Measure runs side by side.
const batch = 8

// Measure runs one layer over random inputs, and takes the gradient of a random projection of the last hidden state. It
// returns, for k = 0 to Steps-1, the L2 norm of that gradient with respect to the state k time steps before the last,
// divided by the norm at k = 0. The state of the LSTM is its hidden and its cell state together.
func Measure(engine *backend.Engine, f Config) ([]float64, error) {
	if f.HiddenSize < 1 || f.Steps < 1 {
		return nil, fmt.Errorf("hidden size is %d and steps %d; both must be 1 or more", f.HiddenSize, f.Steps)
	}
	if f.Scale == 0 {
		f.Scale = 1
	}
	exec, err := graph.NewExec(engine.Backend, f.norms)
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	output, err := exec.Call1(f.inputs()...)
	if err != nil {
		return nil, err
	}
	values, err := tensors.CopyFlatData[float32](output)
	if err != nil {
		return nil, err
	}
	ratios := make([]float64, f.Steps)
	for k := range ratios {
		ratios[k] = float64(values[f.Steps-1-k]) / float64(values[f.Steps-1])
	}
	return ratios, nil
}

// inputs draws x [T,B,H], the projection [B,H], the weights W_ih and W_hh [G*H,H], and two biases [G*H].
func (f Config) inputs() []any {
	random := rand.New(rand.NewPCG(f.Seed, 1))
	bound := 1 / math.Sqrt(float64(f.HiddenSize))
	draw := func(next func() float64, dimensions ...int) *tensors.Tensor {
		values := make([]float32, shapes.Make(dtypes.Float32, dimensions...).Size())
		for i := range values {
			values[i] = float32(next())
		}
		return tensors.FromFlatDataAndDimensions(values, dimensions...)
	}
	uniform := func() float64 { return (2*random.Float64() - 1) * bound }
	gates := f.Cell.Gates() * f.HiddenSize
	recurrent := func() float64 { return uniform() * f.Scale }
	index := 0
	bias := func() float64 {
		value := uniform()
		if f.Cell == rnn.LSTM && index/f.HiddenSize == 1 { // gates i, f, g, o
			value += f.ForgetBias
		}
		index++
		return value
	}
	return []any{
		draw(random.NormFloat64, f.Steps, batch, f.HiddenSize), draw(random.NormFloat64, batch, f.HiddenSize),
		draw(uniform, gates, f.HiddenSize), draw(recurrent, gates, f.HiddenSize),
		draw(bias, gates), draw(uniform, gates),
	}
}

// norms adds the measurement to a graph: the norm of the gradient with respect to the state after each time step, [T].
func (f Config) norms(inputs []*graph.Node) *graph.Node {
	x, projection := inputs[0], inputs[1]
	options := rnn.Options{Cell: f.Cell}
	weights := rnn.Weights{InputHidden: inputs[2], HiddenHidden: inputs[3], InputBias: inputs[4], HiddenBias: inputs[5]}
	projected := rnn.Project(weights, x) // [T,B,G*H]
	var state rnn.State                  // zeros
	var states []rnn.State
	for t := range f.Steps {
		step := graph.Squeeze(graph.Slice(projected, graph.AxisElem(t)), 0)
		state = rnn.Step(options, weights, step, state)
		states = append(states, state)
	}
	loss := graph.ReduceAllSum(graph.Mul(state.Hidden, projection))
	var nodes []*graph.Node // of each step, the hidden state and, for the LSTM, the cell state
	for _, s := range states {
		nodes = append(nodes, s.Hidden)
		if s.Cell != nil {
			nodes = append(nodes, s.Cell)
		}
	}
	gradients := graph.Gradient(loss, nodes...)
	per := len(nodes) / f.Steps
	norms := make([]*graph.Node, f.Steps)
	for t := range norms {
		squares := graph.ReduceAllSum(graph.Square(gradients[t*per]))
		if per == 2 {
			squares = graph.Add(squares, graph.ReduceAllSum(graph.Square(gradients[t*per+1])))
		}
		norms[t] = graph.Sqrt(squares)
	}
	return graph.Stack(norms, 0)
}
