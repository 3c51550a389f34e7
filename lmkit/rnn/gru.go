package rnn

import . "github.com/gomlx/gomlx/core/graph"

// gruCell is the gated recurrent unit as torch.nn.GRU has it: the reset gate is applied after the matrix product, and
// update keeps the old state.
//
//	reset     = sigmoid(W_ir x + b_ir + W_hr hidden + b_hr)
//	update    = sigmoid(W_iz x + b_iz + W_hz hidden + b_hz)
//	memory    = W_hn hidden + b_hn
//	candidate = tanh   (W_in x + b_in + reset * memory)
//	hidden'   = (1 - update) * candidate + update * hidden
//
// For its derivative it keeps reset, update, candidate and memory. With d' the derivative with respect to hidden':
//
//	d update    = d' * (hidden - candidate)
//	d candidate = d' * (1 - update)
//	d reset     = d candidate's pre-activation * memory
//	d hidden    = d' * update + what comes back through the product
var gruCell = equations{
	products: []int{3},
	extra:    true,
	split:    true,
	forward: func(projected *Node, s State, product product) (next State, gates, extra *Node) {
		hidden := s.Hidden.Shape().Dimensions[1]
		recurrent := product(0, s.Hidden)                                                      // [B,3H]
		both := sigmoid(Add(blocks(projected, 0, 2, hidden), blocks(recurrent, 0, 2, hidden))) // [B,2H]
		reset, update, memory := gate(both, 0, hidden), gate(both, 1, hidden), gate(recurrent, 2, hidden)
		candidate := Tanh(Add(gate(projected, 2, hidden), Mul(reset, memory)))
		next.Hidden = Add(Mul(complement(update), candidate), Mul(update, s.Hidden))
		return next, Concatenate([]*Node{both, candidate}, 1), memory
	},
	backward: func(k kept, d State, back product) (projected, recurrent *Node, before State) {
		hidden := d.Hidden.Shape().Dimensions[1]
		reset, update, candidate := gate(k.gates, 0, hidden), gate(k.gates, 1, hidden), gate(k.gates, 2, hidden)
		inner := throughTanh(Mul(d.Hidden, complement(update)), candidate)
		resets := throughSigmoid(Mul(inner, k.extra), reset)
		updates := throughSigmoid(Mul(d.Hidden, Sub(k.hidden, candidate)), update)
		projected = Concatenate([]*Node{resets, updates, inner}, 1)
		recurrent = Concatenate([]*Node{resets, updates, Mul(inner, reset)}, 1)
		return projected, recurrent, State{Hidden: Add(Mul(d.Hidden, update), back(0, recurrent))}
	},
}

// resetBeforeCell is the gated recurrent unit in the equations of Chung et al. 2014 (arXiv:1412.3555): the reset gate
// is applied before the matrix product, so there are two products, and update brings in the new state. Cho et al.
// 2014, who proposed the unit, write update for what is 1 - update here. That renames a gate: the weights differ, what
// the unit can compute does not.
//
//	reset     = sigmoid(W_ir x + b_ir + W_hr hidden + b_hr)
//	update    = sigmoid(W_iz x + b_iz + W_hz hidden + b_hz)
//	candidate = tanh   (W_in x + b_in + W_hn (reset * hidden) + b_hn)
//	hidden'   = (1 - update) * hidden + update * candidate
//
// For its derivative it keeps reset, update and candidate. With d' the derivative with respect to hidden':
//
//	d candidate        = d' * update
//	d update           = d' * (candidate - hidden)
//	d (reset * hidden) = d candidate's pre-activation, back through W_hn
//	d reset            = d (reset * hidden) * hidden
//	d hidden           = d' * (1 - update) + d (reset * hidden) * reset + what comes back through the other product
var resetBeforeCell = equations{
	products: []int{2, 1},
	forward: func(projected *Node, s State, product product) (next State, gates, extra *Node) {
		hidden := s.Hidden.Shape().Dimensions[1]
		both := sigmoid(Add(blocks(projected, 0, 2, hidden), product(0, s.Hidden))) // [B,2H]
		reset, update := gate(both, 0, hidden), gate(both, 1, hidden)
		candidate := Tanh(Add(gate(projected, 2, hidden), product(1, Mul(reset, s.Hidden))))
		next.Hidden = Add(Mul(complement(update), s.Hidden), Mul(update, candidate))
		return next, Concatenate([]*Node{both, candidate}, 1), nil
	},
	backward: func(k kept, d State, back product) (projected, recurrent *Node, before State) {
		hidden := d.Hidden.Shape().Dimensions[1]
		reset, update, candidate := gate(k.gates, 0, hidden), gate(k.gates, 1, hidden), gate(k.gates, 2, hidden)
		inner := throughTanh(Mul(d.Hidden, update), candidate)
		remembered := back(1, inner)
		gates := Concatenate([]*Node{
			throughSigmoid(Mul(remembered, k.hidden), reset),
			throughSigmoid(Mul(d.Hidden, Sub(candidate, k.hidden)), update),
		}, 1)
		activation := Concatenate([]*Node{gates, inner}, 1)
		direct := Add(Mul(d.Hidden, complement(update)), Mul(remembered, reset))
		return activation, activation, State{Hidden: Add(direct, back(0, gates))}
	},
	// The second product multiplies reset * hidden.
	factor: func(number int, gates, hidden *Node) *Node {
		if number == 0 {
			return hidden
		}
		return Mul(gate(gates, 0, hidden.Shape().Dimensions[1]), hidden)
	},
}
