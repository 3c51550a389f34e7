package rnn

import . "github.com/gomlx/gomlx/core/graph"

// Linear is x [N,I] times the transpose of weight [O,I], as torch.nn.functional.linear without a bias: [N,O].
func Linear(x, weight *Node) *Node {
	n, o := x.Shape().Dimensions[0], weight.Shape().Dimensions[0]
	if !turnsFirst(x.Graph(), n, o) {
		return DotGeneral(x, []int{1}, nil, weight, []int{1}, nil)
	}
	fixed, fixedWeight := StopGradient(x), StopGradient(weight)
	product := DotGeneral(fixed, []int{1}, nil, fixedWeight, []int{1}, nil)
	return attachGradient([]*Node{x, weight}, []*Node{product}, func(gradients []*Node) []*Node {
		d := gradients[0]
		return []*Node{DotGeneral(d, []int{1}, nil, fixedWeight, []int{0}, nil), weightGradient(d, fixed)}
	})[0]
}

// weightGradient is the gradient of the weight [O,I] in a product with x [N,I] whose gradient is d [N,O].
func weightGradient(d, x *Node) *Node {
	if n, o := dims2(d); !turnsFirst(d.Graph(), n, o) {
		return DotGeneral(d, []int{0}, nil, x, []int{0}, nil)
	}
	return DotGeneral(transposed(d), []int{1}, nil, x, []int{0}, nil)
}

// turnsFirst says whether weightGradient transposes d [n,o] itself. XLA's product on the CPU would, but value by value, on one thread; as
// a step of its own it is a pass of vector instructions, on all threads. For more than a core's cache holds (1 MB) the product is faster.
// The Go engine, which has no loops, gains nothing.
func turnsFirst(g *Graph, n, o int) bool { return canLoop(g) && n*o <= 1<<18 }

// transposed is the transpose of x [N,K], laid out anew, not by the product that it is for. Rows whose lengths are large powers of two
// are lengthened by a cache line: the values of a column would all compete for the same places in the cache. Nor would a long column's
// lines all find a place there, so it is done in pieces.
func transposed(x *Node) *Node {
	const line, piece = 16, 512
	n, k := dims2(x)
	if k%256 == 0 {
		longer := whole(Concatenate([]*Node{x, Slice(x, AxisRange(), AxisRange(0, line))}, 1))
		x = Slice(longer, AxisRange(), AxisRange(0, k))
	}
	var pieces []*Node
	for from := 0; from < n; from += piece {
		pieces = append(pieces, whole(Transpose(rowsOf(x, from, min(n, from+piece)), 0, 1)))
	}
	if len(pieces) == 1 {
		return pieces[0]
	}
	return whole(Concatenate(pieces, 1))
}

// whole is x, as something that XLA neither makes part of what uses it nor looks into for what is cut out of it. It would not heed a
// barrier for one value.
func whole(x *Node) *Node { return OptimizationBarriers(x, x)[0] }

func dims2(x *Node) (a, b int) {
	d := x.Shape().Dimensions
	return d[0], d[1]
}
