package rnn

import . "github.com/gomlx/gomlx/core/graph"

// equations are a cell: one time step and its derivative, written by hand because GoMLX differentiates no loops.
type equations struct {
	// products lists how many gates each product with recurrent weights makes, in the order of the weights' rows.
	products []int
	// extra is set if a step keeps one more value [B,H] for its derivative, beside its gates.
	extra bool
	// split is set if the input's and the state's part of the pre-activations have different derivatives, as in
	// PyTorch's GRU. Elsewhere the two parts are added.
	split bool
	// gatesAreStates is set if the gates are the hidden state after the step.
	gatesAreStates bool
	// forward makes a step from the input's part of the pre-activations, projected [B,G*H]. It also returns what
	// backward needs: the gates [B,G*H], and extra [B,H] or nil.
	forward func(projected *Node, s State, product product) (next State, gates, extra *Node)
	// backward takes the derivative d with respect to the state after the step back to the two parts of the
	// pre-activations [B,G*H] and to the state before the step.
	backward func(k kept, d State, back product) (projected, recurrent *Node, before State)
	// factor returns what a product multiplies [N,H], from the gates [N,G*H] and the hidden states before the steps
	// [N,H]. It is nil if that is the hidden states.
	factor func(number int, gates, hidden *Node) *Node
}

// kept is what the derivative of a step needs: the gates and extra that forward returned, and the hidden state before
// the step.
type kept struct{ gates, extra, hidden *Node }

// product multiplies by the recurrent weights of one of the cell's products. Forward, it takes x [B,H] to [B,gates*H]
// and adds the bias; back, it takes a derivative [B,gates*H] to [B,H].
type product func(number int, x *Node) *Node

// rows returns which rows of the recurrent weights a product uses.
func (e equations) rows(number, hidden int) (from, to int) {
	for _, gates := range e.products[:number] {
		from += gates * hidden
	}
	return from, from + e.products[number]*hidden
}
