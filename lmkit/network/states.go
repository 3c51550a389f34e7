package network

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/lmkit/rnn"
)

// StateNodes lists the nodes of the layers' states, lowest layer first: the hidden state of a layer and, for the LSTM,
// its cell state.
func StateNodes(states []rnn.State) []*graph.Node {
	var nodes []*graph.Node
	for _, s := range states {
		nodes = append(nodes, s.Hidden)
		if s.Cell != nil {
			nodes = append(nodes, s.Cell)
		}
	}
	return nodes
}

// StatesOf returns the layers' states of nodes in the order of StateNodes.
func (c Config) StatesOf(nodes []*graph.Node) []rnn.State {
	states := make([]rnn.State, c.Layers)
	per := c.nodesPerState()
	for l := range states {
		states[l].Hidden = nodes[l*per]
		if per == 2 {
			states[l].Cell = nodes[l*per+1]
		}
	}
	return states
}

// StatesOrNil is StatesOf, but returns nil, which stands for zero states, if there are no nodes.
func (c Config) StatesOrNil(nodes []*graph.Node) []rnn.State {
	if len(nodes) == 0 {
		return nil
	}
	return c.StatesOf(nodes)
}

// nodesPerState returns 2 for the LSTM, which keeps a hidden and a cell state, and 1 for the other cells.
func (c Config) nodesPerState() int {
	if c.Cell == rnn.LSTM {
		return 2
	}
	return 1
}

// ZeroStates returns zero states [rows,H] of every layer, in the order of StateNodes.
func (c Config) ZeroStates(rows int) []*tensors.Tensor {
	states := make([]*tensors.Tensor, c.Layers*c.nodesPerState())
	for i := range states {
		states[i] = tensors.FromShape(shapes.Make(dtypes.Float32, rows, c.HiddenSize))
	}
	return states
}

// Kept returns states [B,H] with the rows where keep [B,1] is 1 unchanged, and zeros where keep is 0.
func Kept(states []*graph.Node, keep *graph.Node) []*graph.Node {
	kept := make([]*graph.Node, len(states))
	for i, state := range states {
		kept[i] = graph.Mul(state, keep)
	}
	return kept
}
