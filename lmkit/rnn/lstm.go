package rnn

import . "github.com/gomlx/gomlx/core/graph"

// lstmStep is a step of the long short-term memory (Hochreiter & Schmidhuber 1997, with the forget
// gate of Gers et al. 2000), as torch.nn.LSTM:
//
//	input     = sigmoid(W_ii x + b_ii + W_hi hidden + b_hi)
//	forget    = sigmoid(W_if x + b_if + W_hf hidden + b_hf)
//	candidate = tanh   (W_ig x + b_ig + W_hg hidden + b_hg)
//	output    = sigmoid(W_io x + b_io + W_ho hidden + b_ho)
//	cell'     = forget * cell + input * candidate
//	hidden'   = output * tanh(cell')
func lstmStep(w Weights, projected *Node, s State) State {
	hidden := s.Hidden.Shape().Dimensions[1]
	s.Cell.AssertDims(s.Hidden.Shape().Dimensions...)
	recurrent := Add(times(s.Hidden, w.HiddenHidden), ExpandAxes(w.HiddenBias, 0))
	activation := Add(projected, recurrent) // [B,4H]
	input := sigmoid(gate(activation, 0, hidden))
	forget := sigmoid(gate(activation, 1, hidden))
	candidate := Tanh(gate(activation, 2, hidden))
	output := sigmoid(gate(activation, 3, hidden))
	cell := Add(Mul(forget, s.Cell), Mul(input, candidate))
	return State{Hidden: Mul(output, Tanh(cell)), Cell: cell}
}
