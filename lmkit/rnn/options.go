package rnn

import . "github.com/gomlx/gomlx/core/graph"

// Options choose among recurrences. The zero value is the simple RNN.
type Options struct {
	// Cell is the recurrence.
	Cell Cell
	// ResetBefore replaces PyTorch's GRU with that of Chung et al. 2014; see gru.go. Other cells ignore it.
	ResetBefore bool
	// Loop chooses how a layer runs through time; the numbers do not depend on it.
	Loop Loop
	// Dropout, if not nil, is applied to what one layer of Layers passes to the next, [T,B,H].
	Dropout func(x *Node) *Node
}

// Loop is a way to run a layer through time.
type Loop int

const (
	// Auto scans where the engine allows it, and unrolls elsewhere.
	Auto Loop = iota
	// Unrolled repeats the step in the graph for every time step.
	Unrolled
	// Scanned is one loop of the engine; its graph does not grow with time. The Go engine lacks it.
	Scanned
)

// equations returns the equations of the recurrence that the options choose.
func (o Options) equations() equations {
	switch {
	case o.Cell == LSTM:
		return lstmCell
	case o.Cell == GRU && o.ResetBefore:
		return resetBeforeCell
	case o.Cell == GRU:
		return gruCell
	}
	return simpleCell
}
