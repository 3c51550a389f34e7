package rnn

import . "github.com/gomlx/gomlx/core/graph"

// Step makes one time step. It takes the state before the step, and what Project gives for the step, projected [B,G*H],
// to the state after it. It uses HiddenHidden and the biases of w only; InputBias may be nil.
func Step(o Options, w Weights, projected *Node, s State) State {
	hidden := w.hidden(o.Cell)
	projected.AssertDims(-1, o.Cell.Gates()*hidden)
	if w.InputBias != nil {
		projected = Add(projected, ExpandAxes(w.InputBias, 0))
	}
	zero := s.isZero(o.Cell)
	if zero {
		s = zeroBefore(o.Cell, projected)
	}
	s.Hidden.AssertDims(projected.Shape().Dimensions[0], hidden)
	cell := o.equations()
	next, _, _ := cell.forward(projected, s, func(number int, x *Node) *Node {
		from, to := cell.rows(number, hidden)
		bias := ExpandAxes(rowsOf(w.HiddenBias, from, to), 0)
		if zero {
			return BroadcastToDims(bias, x.Shape().Dimensions[0], to-from)
		}
		return Add(DotGeneral(x, []int{1}, nil, rowsOf(w.HiddenHidden, from, to), []int{1}, nil), bias)
	})
	return next
}
