package rnn

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// cellSteps is a cell: a step, and the step's derivative, written by hand, as GoMLX differentiates no loops.
type cellSteps struct {
	// products is how many gates each product with recurrent weights makes, in the order of the weights' rows.
	products []int
	// extra says that a step keeps one more value [B,H] for its derivative than its gates.
	extra bool
	// split says that the input's and the state's part of the pre-activations have different derivatives, as in PyTorch's GRU;
	// elsewhere they are added.
	split bool
	// forward makes a step from the input's part of the pre-activations, projected [B,G*H]. It returns what backward needs: the
	// gates [B,G*H], which for the simple RNN are the hidden state, and extra [B,H] or nil.
	forward func(projected *Node, s State, product product) (next State, gates, extra *Node)
	// backward takes d, the derivative with respect to the state after the step, back to the two parts of the
	// pre-activations [B,G*H] and to the state before the step.
	backward func(k kept, d State, back product) (projected, recurrent *Node, before State)
	// factor is what a product multiplies, for gates and states before the step; nil for the state itself.
	factor func(number int, gates, hidden *Node) *Node
}

// kept is what a step leaves for its derivative: the gates and extra that forward returned, and the hidden state before the step.
type kept struct{ gates, extra, hidden *Node }

// product multiplies by the recurrent weights of one of the cell's products: forward x [B,H] to [B,gates*H], the bias added; back
// a derivative [B,gates*H] to [B,H].
type product func(number int, x *Node) *Node

// steps are the equations that the options choose.
func (o Options) steps() cellSteps {
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

// rows are those of the recurrent weights that a product uses.
func (c cellSteps) rows(number, hidden int) (from, to int) {
	for _, gates := range c.products[:number] {
		from += gates * hidden
	}
	return from, from + c.products[number]*hidden
}

// rowsOf are the rows from and up to, but without, to of a matrix or a vector. The Go engine would copy all rows, too.
func rowsOf(x *Node, from, to int) *Node {
	if from == 0 && to == x.Shape().Dimensions[0] {
		return x
	}
	return Slice(x, AxisRange(from, to))
}

// gate cuts block k of width [.,H] out of gates or pre-activations [.,G*H].
func gate(x *Node, k int, hidden int) *Node { return blocks(x, k, k+1, hidden) }

// blocks cuts the blocks from and up to, but without, to out of them.
func blocks(x *Node, from, to int, hidden int) *Node {
	if from == 0 && to*hidden == x.Shape().Dimensions[1] {
		return x
	}
	return Slice(x, AxisRange(), AxisRange(from*hidden, to*hidden))
}

// sigmoid is the logistic function, written with tanh: XLA computes that twice as fast.
func sigmoid(x *Node) *Node {
	half := constant(x, 0.5)
	return Add(Mul(Tanh(Mul(x, half)), half), half)
}

// activate applies to each block of pre-activations [B,G*H] the sigmoid, or tanh where the block is the candidate's. It does so in one
// pass over all of them: a tanh(a x) + 1 - a is the sigmoid for a = 1/2, and tanh for a = 1.
func activate(x *Node, hidden, candidate int) *Node {
	a := blockRow(x, hidden, candidate, 1, 0.5)
	return Add(Mul(Tanh(Mul(x, a)), a), complement(a))
}

// throughActivation takes the derivative d with respect to y = activate(x) back to x: (1 - y) (y + b) is the derivative of the sigmoid
// for b = 0, and that of tanh for b = 1.
func throughActivation(d, y *Node, hidden, candidate int) *Node {
	b := blockRow(y, hidden, candidate, 1, 0)
	return Mul(d, Mul(complement(y), Add(y, b)))
}

// blockRow is a row [1,G*H] for x [B,G*H] with one value in a block of H and another in all others.
func blockRow(x *Node, hidden, block int, in, elsewhere float64) *Node {
	row := make([]float64, x.Shape().Dimensions[1])
	for i := range row {
		row[i] = elsewhere
		if i/hidden == block {
			row[i] = in
		}
	}
	return Const(x.Graph(), shapes.CastAsDType([][]float64{row}, x.DType()))
}

// throughSigmoid takes the derivative d with respect to y = sigmoid(x) back to x.
func throughSigmoid(d, y *Node) *Node { return Mul(d, Mul(y, complement(y))) }

// throughTanh takes the derivative d with respect to y = tanh(x) back to x.
func throughTanh(d, y *Node) *Node { return Mul(d, complement(Mul(y, y))) }

// complement is 1 - x.
func complement(x *Node) *Node { return Sub(constant(x, 1), x) }

// constant is a scalar of x's type. Other ways to make one are shared by all functions of a graph, which loops do not bear.
func constant(x *Node, value float64) *Node {
	return Const(x.Graph(), shapes.CastAsDType(value, x.DType()))
}
