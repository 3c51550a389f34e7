package rnn

import . "github.com/gomlx/gomlx/core/graph"

// lstmCell is the long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), as
// torch.nn.LSTM has it:
//
//	input     = sigmoid(W_ii x + b_ii + W_hi hidden + b_hi)
//	forget    = sigmoid(W_if x + b_if + W_hf hidden + b_hf)
//	candidate = tanh   (W_ig x + b_ig + W_hg hidden + b_hg)
//	output    = sigmoid(W_io x + b_io + W_ho hidden + b_ho)
//	cell'     = forget * cell + input * candidate
//	hidden'   = output * tanh(cell')
//
// For its derivative it keeps the four gates, and cell as it was before the step. With d' the derivatives with respect
// to the state after the step:
//
//	d cell'     = d' cell + d' hidden * output * (1 - tanh(cell')^2)
//	d output    = d' hidden * tanh(cell')    d input     = d cell' * candidate
//	d candidate = d cell' * input            d forget    = d cell' * cell
//	d cell      = d cell' * forget
//
// The derivative of each gate's pre-activation is the gate's own, times gate * (1 - gate), or 1 - candidate^2 for the
// candidate. It goes back to hidden through the product.
var lstmCell = equations{
	products: []int{4},
	extra:    true,
	forward: func(projected *Node, s State, product product) (next State, gates, extra *Node) {
		hidden := s.Hidden.Shape().Dimensions[1]
		s.Cell.AssertDims(s.Hidden.Shape().Dimensions...)
		gates = activate(Add(projected, product(0, s.Hidden)), hidden, 2) // [B,4H]
		input, forget, candidate, output := gate(gates, 0, hidden), gate(gates, 1, hidden),
			gate(gates, 2, hidden), gate(gates, 3, hidden)
		cell := Add(Mul(forget, s.Cell), Mul(input, candidate))
		return State{Hidden: Mul(output, Tanh(cell)), Cell: cell}, gates, s.Cell
	},
	backward: func(k kept, d State, back product) (projected, recurrent *Node, before State) {
		hidden := d.Hidden.Shape().Dimensions[1]
		input, forget, candidate, output := gate(k.gates, 0, hidden), gate(k.gates, 1, hidden),
			gate(k.gates, 2, hidden), gate(k.gates, 3, hidden)
		squashed := Tanh(Add(Mul(forget, k.extra), Mul(input, candidate)))
		cell := Add(d.Cell, throughTanh(Mul(d.Hidden, output), squashed))
		// All gates take one pass: the derivative of the state that each acts on, times what it multiplies there.
		states := Concatenate([]*Node{cell, cell, cell, d.Hidden}, 1)
		factors := Concatenate([]*Node{candidate, k.extra, input, squashed}, 1)
		activation := throughActivation(Mul(states, factors), k.gates, hidden, 2)
		return activation, activation, State{Hidden: back(0, activation), Cell: Mul(cell, forget)}
	},
}
