package rnn

import (
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
)

// sigmoid is the logistic function, written with tanh: XLA computes that twice as fast.
func sigmoid(x *Node) *Node {
	half := constant(x, 0.5)
	return Add(Mul(Tanh(Mul(x, half)), half), half)
}

// activate applies the sigmoid to each block of pre-activations [B,G*H], and tanh to the candidate's. It takes one pass
// over all of them: a tanh(a x) + 1 - a is the sigmoid for a = 1/2, and tanh for a = 1.
func activate(x *Node, hidden, candidate int) *Node {
	a := blockRow(x, hidden, candidate, 1, 0.5)
	return Add(Mul(Tanh(Mul(x, a)), a), complement(a))
}

// throughActivation takes the derivative d with respect to y = activate(x) back to x. The derivative of activate is (1
// - y) (y + b): that of the sigmoid for b = 0, and that of tanh for b = 1.
func throughActivation(d, y *Node, hidden, candidate int) *Node {
	b := blockRow(y, hidden, candidate, 1, 0)
	return Mul(d, Mul(complement(y), Add(y, b)))
}

// blockRow returns a row [1,G*H] for x [B,G*H], with one value in a block of H and another in all others.
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

// complement returns 1 - x.
func complement(x *Node) *Node { return Sub(constant(x, 1), x) }

// constant makes a scalar of x's type. GoMLX's other ways to make one share it among all functions of a graph, and a
// loop's body cannot use a scalar of another function.
func constant(x *Node, value float64) *Node {
	return Const(x.Graph(), shapes.CastAsDType(value, x.DType()))
}
