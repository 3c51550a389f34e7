package rnn

import . "github.com/gomlx/gomlx/core/graph"

// simpleStep is a step of the simple RNN (Elman 1990), with two biases as in torch.nn.RNN:
//
//	hidden' = tanh(W_ih x + b_ih + W_hh hidden + b_hh)
func simpleStep(w Weights, projected *Node, s State) State {
	recurrent := Add(times(s.Hidden, w.HiddenHidden), ExpandAxes(w.HiddenBias, 0))
	return State{Hidden: Tanh(Add(projected, recurrent))}
}
