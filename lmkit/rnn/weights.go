package rnn

import . "github.com/gomlx/gomlx/core/graph"

// Weights are the weights of one layer, in PyTorch's layout. The gates are in the order i, f, g, o for the LSTM and r,
// z, n for the GRU.
type Weights struct {
	InputHidden  *Node // weight_ih [G*H,I]
	HiddenHidden *Node // weight_hh [G*H,H]
	InputBias    *Node // bias_ih [G*H]
	HiddenBias   *Node // bias_hh [G*H]
}
