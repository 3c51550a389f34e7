package rnn

import . "github.com/gomlx/gomlx/core/graph"

// simpleStep is a step of the simple RNN (Elman 1990), with two biases as in torch.nn.RNN:
//
//	hidden' = tanh(W_ih x + b_ih + W_hh hidden + b_hh)
func simpleStep(w Weights, projected *Node, s State) State {
	recurrent := Add(times(s.Hidden, w.HiddenHidden), ExpandAxes(w.HiddenBias, 0))
	return State{Hidden: Tanh(Add(projected, recurrent))}
}

// simpleScan is the simple RNN's step and its derivative; with d' the derivative with respect to hidden':
//
//	d activation = d' * (1 - hidden'^2)
var simpleScan = scanCell{
	forward: func(projected, recurrent *Node, _ State) (State, *Node) {
		return State{Hidden: Tanh(Add(projected, recurrent))}, nil
	},
	backward: func(after *Node, _, d State) (projected, recurrent *Node, before State) {
		activation := Mul(d.Hidden, complement(Mul(after, after)))
		return activation, activation, State{}
	},
}
