package network

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"owlm/lmkit/rnn"
)

// StateNodes lays states out as a flat list, layer by layer: hidden, and for the LSTM the cell.
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

// StatesOf is the reverse of stateNodes.
func (c Config) StatesOf(nodes []*graph.Node) []rnn.State {
	states := make([]rnn.State, c.Layers)
	per := c.statesPerLayer()
	for l := range states {
		states[l].Hidden = nodes[l*per]
		if per == 2 {
			states[l].Cell = nodes[l*per+1]
		}
	}
	return states
}

// statesPerLayer is 2 for the LSTM (hidden and cell state) and 1 for the others.
func (c Config) statesPerLayer() int {
	if c.Cell == rnn.LSTM {
		return 2
	}
	return 1
}

// StatesOrNil is statesOf, and nil (for zero states) where no node is given.
func (c Config) StatesOrNil(nodes []*graph.Node) []rnn.State {
	if len(nodes) == 0 {
		return nil
	}
	return c.StatesOf(nodes)
}

// ZeroStates are the zero states [rows,H] of every layer, in the order of stateNodes.
func (c Config) ZeroStates(rows int) []*tensors.Tensor {
	states := make([]*tensors.Tensor, c.Layers*c.statesPerLayer())
	for i := range states {
		states[i] = tensors.FromShape(shapes.Make(dtypes.Float32, rows, c.HiddenSize))
	}
	return states
}

// Kept returns states [B,H] where keep [B,1] is 1, and zeros where it is 0.
func Kept(states []*graph.Node, keep *graph.Node) []*graph.Node {
	kept := make([]*graph.Node, len(states))
	for i, state := range states {
		kept[i] = graph.Mul(state, keep)
	}
	return kept
}
