package rnn

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// gruStep is a step of the gated recurrent unit as torch.nn.GRU has it: the reset gate is applied
// after the matrix product, and update keeps the old state.
//
//	reset     = sigmoid(W_ir x + b_ir + W_hr hidden + b_hr)
//	update    = sigmoid(W_iz x + b_iz + W_hz hidden + b_hz)
//	candidate = tanh   (W_in x + b_in + reset * (W_hn hidden + b_hn))
//	hidden'   = (1 - update) * candidate + update * hidden
func gruStep(w Weights, projected *Node, s State) State {
	hidden := s.Hidden.Shape().Dimensions[1]
	recurrent := Add(times(s.Hidden, w.HiddenHidden), ExpandAxes(w.HiddenBias, 0)) // [B,3H]
	reset := sigmoid(Add(gate(projected, 0, hidden), gate(recurrent, 0, hidden)))
	update := sigmoid(Add(gate(projected, 1, hidden), gate(recurrent, 1, hidden)))
	candidate := Tanh(Add(gate(projected, 2, hidden), Mul(reset, gate(recurrent, 2, hidden))))
	return State{Hidden: Add(Mul(complement(update), candidate), Mul(update, s.Hidden))}
}

// gruScan is the GRU's step and its derivative. It keeps reset, update, candidate and memory = W_hn hidden + b_hn; with d' the
// derivative with respect to hidden':
//
//	d update = d' * (hidden - candidate)    d candidate = d' * (1 - update)    d hidden = d' * update, and through the product
//	d reset  = d candidate's pre-activation * memory
var gruScan = scanCell{
	kept:  4,
	split: true,
	forward: func(projected, recurrent *Node, s State) (State, *Node) {
		hidden := s.Hidden.Shape().Dimensions[1]
		reset := sigmoid(Add(gate(projected, 0, hidden), gate(recurrent, 0, hidden)))
		update := sigmoid(Add(gate(projected, 1, hidden), gate(recurrent, 1, hidden)))
		memory := gate(recurrent, 2, hidden)
		candidate := Tanh(Add(gate(projected, 2, hidden), Mul(reset, memory)))
		next := Add(Mul(complement(update), candidate), Mul(update, s.Hidden))
		return State{Hidden: next}, Concatenate([]*Node{reset, update, candidate, memory}, 1)
	},
	backward: func(kept *Node, previous, d State) (projected, recurrent *Node, before State) {
		hidden := d.Hidden.Shape().Dimensions[1]
		reset, update, candidate, memory := gate(kept, 0, hidden), gate(kept, 1, hidden), gate(kept, 2, hidden), gate(kept, 3, hidden)
		inner := Mul(Mul(d.Hidden, complement(update)), complement(Mul(candidate, candidate)))
		resets := throughSigmoid(Mul(inner, memory), reset)
		updates := throughSigmoid(Mul(d.Hidden, Sub(previous.Hidden, candidate)), update)
		projected = Concatenate([]*Node{resets, updates, inner}, 1)
		recurrent = Concatenate([]*Node{resets, updates, Mul(inner, reset)}, 1)
		return projected, recurrent, State{Hidden: Mul(d.Hidden, update)}
	},
}

// resetBeforeStep is a step of the gated recurrent unit in the equations of Cho et al. 2014 that
// the tutorial gives: the reset gate is applied before the matrix product, and update brings in
// the new state.
//
//	reset     = sigmoid(W_ir x + b_ir + W_hr hidden + b_hr)
//	update    = sigmoid(W_iz x + b_iz + W_hz hidden + b_hz)
//	candidate = tanh   (W_in x + b_in + W_hn (reset * hidden) + b_hn)
//	hidden'   = (1 - update) * hidden + update * candidate
func resetBeforeStep(w Weights, projected *Node, s State) State {
	hidden := s.Hidden.Shape().Dimensions[1]
	rows := func(from, to int) (weight, bias *Node) {
		return Slice(w.HiddenHidden, AxisRange(from*hidden, to*hidden)), Slice(w.HiddenBias, AxisRange(from*hidden, to*hidden))
	}
	gatesWeight, gatesBias := rows(0, 2)
	recurrent := Add(times(s.Hidden, gatesWeight), ExpandAxes(gatesBias, 0)) // [B,2H]
	reset := sigmoid(Add(gate(projected, 0, hidden), gate(recurrent, 0, hidden)))
	update := sigmoid(Add(gate(projected, 1, hidden), gate(recurrent, 1, hidden)))
	candidateWeight, candidateBias := rows(2, 3)
	memory := Add(times(Mul(reset, s.Hidden), candidateWeight), ExpandAxes(candidateBias, 0)) // [B,H]
	candidate := Tanh(Add(gate(projected, 2, hidden), memory))
	return State{Hidden: Add(Mul(complement(update), s.Hidden), Mul(update, candidate))}
}

// complement is 1 - x.
func complement(x *Node) *Node {
	return Sub(Const(x.Graph(), shapes.CastAsDType(1.0, x.DType())), x)
}
