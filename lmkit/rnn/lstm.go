package rnn

import . "github.com/gomlx/gomlx/core/graph"

// lstmCell is the long short-term memory (Hochreiter & Schmidhuber 1997, with the forget gate of Gers et al. 2000), as
// torch.nn.LSTM:
//
//	input     = sigmoid(W_ii x + b_ii + W_hi hidden + b_hi)
//	forget    = sigmoid(W_if x + b_if + W_hf hidden + b_hf)
//	candidate = tanh   (W_ig x + b_ig + W_hg hidden + b_hg)
//	output    = sigmoid(W_io x + b_io + W_ho hidden + b_ho)
//	cell'     = forget * cell + input * candidate
//	hidden'   = output * tanh(cell')
//
// It keeps the four gates for its derivative; with d' the derivatives with respect to the state after the step:
//
//	d cell      = d' cell + d' hidden * output * (1 - tanh(cell')^2)
//	d output    = d' hidden * tanh(cell')    d input     = d cell * candidate
//	d candidate = d cell * input             d forget    = d cell * cell
//
// and each gate's pre-activation has the gate's derivative times gate * (1 - gate), or 1 - candidate^2.
var lstmCell = cellSteps{
	products: []int{4},
	kept:     4,
	forward: func(projected *Node, s State, product product) (State, *Node) {
		hidden := s.Hidden.Shape().Dimensions[1]
		s.Cell.AssertDims(s.Hidden.Shape().Dimensions...)
		activation := Add(projected, product(0, s.Hidden)) // [B,4H]
		input, forget, output := sigmoid(gate(activation, 0, hidden)), sigmoid(gate(activation, 1, hidden)), sigmoid(gate(activation, 3, hidden))
		candidate := Tanh(gate(activation, 2, hidden))
		cell := Add(Mul(forget, s.Cell), Mul(input, candidate))
		return State{Hidden: Mul(output, Tanh(cell)), Cell: cell}, Concatenate([]*Node{input, forget, candidate, output}, 1)
	},
	backward: func(kept *Node, previous, d State, back product) (projected, recurrent *Node, before State) {
		hidden := d.Hidden.Shape().Dimensions[1]
		input, forget, candidate, output := gate(kept, 0, hidden), gate(kept, 1, hidden), gate(kept, 2, hidden), gate(kept, 3, hidden)
		squashed := Tanh(Add(Mul(forget, previous.Cell), Mul(input, candidate)))
		cell := Add(d.Cell, Mul(Mul(d.Hidden, output), complement(Mul(squashed, squashed))))
		gates := Concatenate([]*Node{
			throughSigmoid(Mul(cell, candidate), input), throughSigmoid(Mul(cell, previous.Cell), forget),
			Mul(Mul(cell, input), complement(Mul(candidate, candidate))), throughSigmoid(Mul(d.Hidden, squashed), output),
		}, 1)
		return gates, gates, State{Hidden: back(0, gates), Cell: Mul(cell, forget)}
	},
}
