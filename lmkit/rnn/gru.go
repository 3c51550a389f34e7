package rnn

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// gruCell is the gated recurrent unit as torch.nn.GRU has it: the reset gate is applied after the matrix product, and update keeps
// the old state.
//
//	reset     = sigmoid(W_ir x + b_ir + W_hr hidden + b_hr)
//	update    = sigmoid(W_iz x + b_iz + W_hz hidden + b_hz)
//	memory    = W_hn hidden + b_hn
//	candidate = tanh   (W_in x + b_in + reset * memory)
//	hidden'   = (1 - update) * candidate + update * hidden
//
// It keeps reset, update, candidate and memory for its derivative; with d' the derivative with respect to hidden':
//
//	d update = d' * (hidden - candidate)    d candidate = d' * (1 - update)    d hidden = d' * update, and through the product
//	d reset  = d candidate's pre-activation * memory
var gruCell = cellSteps{
	products: []int{3},
	kept:     4,
	split:    true,
	forward: func(projected *Node, s State, product product) (State, *Node) {
		hidden := s.Hidden.Shape().Dimensions[1]
		recurrent := product(0, s.Hidden) // [B,3H]
		reset := sigmoid(Add(gate(projected, 0, hidden), gate(recurrent, 0, hidden)))
		update := sigmoid(Add(gate(projected, 1, hidden), gate(recurrent, 1, hidden)))
		memory := gate(recurrent, 2, hidden)
		candidate := Tanh(Add(gate(projected, 2, hidden), Mul(reset, memory)))
		next := Add(Mul(complement(update), candidate), Mul(update, s.Hidden))
		return State{Hidden: next}, Concatenate([]*Node{reset, update, candidate, memory}, 1)
	},
	backward: func(kept *Node, previous, d State, back product) (projected, recurrent *Node, before State) {
		hidden := d.Hidden.Shape().Dimensions[1]
		reset, update, candidate, memory := gate(kept, 0, hidden), gate(kept, 1, hidden), gate(kept, 2, hidden), gate(kept, 3, hidden)
		inner := Mul(Mul(d.Hidden, complement(update)), complement(Mul(candidate, candidate)))
		resets := throughSigmoid(Mul(inner, memory), reset)
		updates := throughSigmoid(Mul(d.Hidden, Sub(previous.Hidden, candidate)), update)
		projected = Concatenate([]*Node{resets, updates, inner}, 1)
		recurrent = Concatenate([]*Node{resets, updates, Mul(inner, reset)}, 1)
		return projected, recurrent, State{Hidden: Add(Mul(d.Hidden, update), back(0, recurrent))}
	},
}

// resetBeforeCell is the gated recurrent unit in the equations of Cho et al. 2014 that the tutorial gives: the reset gate is applied
// before the matrix product, of which there are two, and update brings in the new state.
//
//	reset     = sigmoid(W_ir x + b_ir + W_hr hidden + b_hr)
//	update    = sigmoid(W_iz x + b_iz + W_hz hidden + b_hz)
//	candidate = tanh   (W_in x + b_in + W_hn (reset * hidden) + b_hn)
//	hidden'   = (1 - update) * hidden + update * candidate
//
// It keeps reset, update and candidate for its derivative; with d' the derivative with respect to hidden':
//
//	d candidate = d' * update    d update = d' * (candidate - hidden)
//	d (reset * hidden) = d candidate's pre-activation through W_hn    d reset = d (reset * hidden) * hidden
//	d hidden = d' * (1 - update) + d (reset * hidden) * reset, and through the other product
var resetBeforeCell = cellSteps{
	products: []int{2, 1},
	kept:     3,
	forward: func(projected *Node, s State, product product) (State, *Node) {
		hidden := s.Hidden.Shape().Dimensions[1]
		recurrent := product(0, s.Hidden) // [B,2H]
		reset := sigmoid(Add(gate(projected, 0, hidden), gate(recurrent, 0, hidden)))
		update := sigmoid(Add(gate(projected, 1, hidden), gate(recurrent, 1, hidden)))
		candidate := Tanh(Add(gate(projected, 2, hidden), product(1, Mul(reset, s.Hidden))))
		next := Add(Mul(complement(update), s.Hidden), Mul(update, candidate))
		return State{Hidden: next}, Concatenate([]*Node{reset, update, candidate}, 1)
	},
	backward: func(kept *Node, previous, d State, back product) (projected, recurrent *Node, before State) {
		hidden := d.Hidden.Shape().Dimensions[1]
		reset, update, candidate := gate(kept, 0, hidden), gate(kept, 1, hidden), gate(kept, 2, hidden)
		inner := Mul(Mul(d.Hidden, update), complement(Mul(candidate, candidate)))
		remembered := back(1, inner)
		gates := Concatenate([]*Node{
			throughSigmoid(Mul(remembered, previous.Hidden), reset), throughSigmoid(Mul(d.Hidden, Sub(candidate, previous.Hidden)), update),
		}, 1)
		activation := Concatenate([]*Node{gates, inner}, 1)
		direct := Add(Mul(d.Hidden, complement(update)), Mul(remembered, reset))
		return activation, activation, State{Hidden: Add(direct, back(0, gates))}
	},
	// The second product is that of reset * hidden.
	factor: func(number int, kept, hidden *Node) *Node {
		if number == 0 {
			return hidden
		}
		return Mul(gate(kept, 0, hidden.Shape().Dimensions[1]), hidden)
	},
}

// complement is 1 - x.
func complement(x *Node) *Node {
	return Sub(Const(x.Graph(), shapes.CastAsDType(1.0, x.DType())), x)
}
