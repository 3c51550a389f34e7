package rnn

import . "github.com/gomlx/gomlx/core/graph"

// rowsOf returns the rows from:to of a matrix or a vector. All rows need no slice: the Go engine would copy them.
func rowsOf(x *Node, from, to int) *Node {
	if from == 0 && to == x.Shape().Dimensions[0] {
		return x
	}
	return Slice(x, AxisRange(from, to))
}

// gate cuts block k of width H out of gates or pre-activations [B,G*H].
func gate(x *Node, k int, hidden int) *Node { return blocks(x, k, k+1, hidden) }

// blocks cuts the blocks from:to of width H out of gates or pre-activations [B,G*H].
func blocks(x *Node, from, to int, hidden int) *Node {
	if from == 0 && to*hidden == x.Shape().Dimensions[1] {
		return x
	}
	return Slice(x, AxisRange(), AxisRange(from*hidden, to*hidden))
}

// flat reshapes x [T,B,K] to [T*B,K].
func flat(x *Node) *Node {
	t, b, k := dims3(x)
	return Reshape(x, t*b, k)
}

func dims2(x *Node) (a, b int) {
	d := x.Shape().Dimensions
	return d[0], d[1]
}

func dims3(x *Node) (a, b, c int) {
	d := x.Shape().Dimensions
	return d[0], d[1], d[2]
}
