package rnn

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// State is what a cell keeps from one time step to the next: Hidden [B,H] and, for the LSTM only, Cell [B,H].
//
// As an initial state, State{} stands for zeros; Step and unrolled loops then leave out the products with them.
type State struct{ Hidden, Cell *Node }

// ZeroState returns a state of zeros (float32), in which a sequence usually begins.
func ZeroState(g *Graph, cell Cell, batch, hidden int) State {
	return zeroState(g, cell, shapes.Make(dtypes.Float32, batch, hidden))
}

func zeroState(g *Graph, cell Cell, shape shapes.Shape) State {
	s := State{Hidden: Zeros(g, shape)}
	if cell == LSTM {
		s.Cell = s.Hidden
	}
	return s
}

// zeroBefore returns the zeros before the first step over projected [...,B,G*H].
func zeroBefore(cell Cell, projected *Node) State {
	d := projected.Shape().Dimensions
	shape := shapes.Make(projected.DType(), d[len(d)-2], d[len(d)-1]/cell.Gates())
	return zeroState(projected.Graph(), cell, shape)
}

// isZero reports whether s stands for zeros. It panics if s has only a part of what the cell keeps.
func (s State) isZero(cell Cell) bool {
	if s == (State{}) {
		return true
	}
	if s.Hidden == nil || cell == LSTM && s.Cell == nil {
		panic(fmt.Errorf(
			"the initial state of the %v lacks its hidden or its cell state; State{} stands for zeros", cell))
	}
	return false
}

// nodes lists the parts of s.
func (s State) nodes() []*Node { return present(s.Hidden, s.Cell) }

// of reverses nodes: it returns a state with the parts of s, but with the nodes of the list.
func (s State) of(list []*Node) State {
	replace(list, &s.Hidden, &s.Cell)
	return s
}
