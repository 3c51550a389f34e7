package rnn

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

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
func turnsFirst(g *Graph, n, o int) bool {
	return canLoop(g) && g.Backend().Capabilities().Operations[compute.OpTypeOptimizationBarrier] && n*o <= 1<<18
}

// transposed is the transpose of x [N,K]. Barriers keep XLA from making it part of the product again. Rows whose lengths are large powers of
// two are lengthened by a cache line: the values of a column would all compete for the same places in the cache.
func transposed(x *Node) *Node {
	const line = 16
	if _, k := dims2(x); k%256 == 0 {
		longer := OptimizationBarriers(Concatenate([]*Node{x, Slice(x, AxisRange(), AxisRange(0, line))}, 1), x)[0]
		x = Slice(longer, AxisRange(), AxisRange(0, k))
	}
	return OptimizationBarriers(Transpose(x, 0, 1), x)[0]
}

func dims2(x *Node) (a, b int) {
	d := x.Shape().Dimensions
	return d[0], d[1]
}
