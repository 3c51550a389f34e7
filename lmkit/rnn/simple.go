package rnn

import . "github.com/gomlx/gomlx/core/graph"

// simpleCell is the simple RNN (Elman 1990), with two biases as in torch.nn.RNN:
//
//	hidden' = tanh(W_ih x + b_ih + W_hh hidden + b_hh)
//
// Its derivative, with d' the derivative with respect to hidden':
//
//	d activation = d' * (1 - hidden'^2)
var simpleCell = equations{
	products:       []int{1},
	gatesAreStates: true,
	forward: func(projected *Node, s State, product product) (next State, gates, extra *Node) {
		next.Hidden = Tanh(Add(projected, product(0, s.Hidden)))
		return next, next.Hidden, nil
	},
	backward: func(k kept, d State, back product) (projected, recurrent *Node, before State) {
		activation := throughTanh(d.Hidden, k.gates)
		return activation, activation, State{Hidden: back(0, activation)}
	},
}
