package rnn

import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// Linear is x [N,I] times the transpose of weight [O,I], as torch.nn.functional.linear without a bias: [N,O].
//
// XLA's products on the CPU are fast where both factors have rows that run along the result's: others they lay out anew value by value,
// some on one thread. Where that costs more than a transpose, which is a step of vector instructions on all threads, Linear and its
// gradient transpose. The Go engine gains nothing from it.
func Linear(x, weight *Node) *Node {
	if !layoutMatters(x.Graph()) {
		return DotGeneral(x, []int{1}, nil, weight, []int{1}, nil)
	}
	fixed, fixedWeight := StopGradient(x), StopGradient(weight)
	var product *Node
	if x.Shape().Dimensions[0] > 1 && fitsCache(weight) { // for a single row, the weight's rows are right
		product = DotGeneral(fixed, []int{1}, nil, transposed(fixedWeight), []int{0}, nil)
	} else {
		product = DotGeneral(fixed, []int{1}, nil, fixedWeight, []int{1}, nil)
	}
	return attachGradient([]*Node{x, weight}, []*Node{product}, func(gradients []*Node) []*Node {
		d := gradients[0]
		return []*Node{DotGeneral(d, []int{1}, nil, fixedWeight, []int{0}, nil), weightGradient(d, fixed)}
	})[0]
}

// weightGradient is the gradient of the weight [O,I] in a product with x [N,I] whose gradient is d [N,O].
func weightGradient(d, x *Node) *Node {
	asItIs := func() *Node { return DotGeneral(d, []int{0}, nil, x, []int{0}, nil) }
	if !layoutMatters(d.Graph()) {
		return asItIs()
	}
	n, o := dims2(d)
	_, i := dims2(x)
	switch {
	case fitsCache(d):
		return DotGeneral(transposed(d), []int{1}, nil, x, []int{0}, nil)
	case o%badRow == 0 && i < min(n, o): // it is less work to lay x out anew, and the product
		return transposed(DotGeneral(x, []int{0}, nil, d, []int{0}, nil))
	}
	return asItIs()
}

// layoutMatters says whether the engine is XLA, which this is for.
func layoutMatters(g *Graph) bool {
	return canLoop(g) && g.Backend().Capabilities().Operations[compute.OpTypeOptimizationBarrier]
}

// fitsCache says whether a matrix of float32 fits a core's second cache of 1 MB.
func fitsCache(x *Node) bool { return x.Shape().Size() <= 1<<18 }

// badRow is the length of rows, as are its multiples, that are slow to read by column: the values of a column compete for the same places
// in the caches.
const badRow = 256

// transposed is the transpose of x [N,K], laid out by a step of its own, not by the product that it is for. Bad rows are lengthened by a
// cache line of float32, and long columns, whose lines would not all find a place in the first cache, are cut.
func transposed(x *Node) *Node {
	const line, piece = 16, 512
	n, k := dims2(x)
	if k%badRow == 0 {
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

// whole is x behind a barrier: XLA neither makes it part of its users nor looks through it for slices. It ignores a barrier for one value.
func whole(x *Node) *Node { return OptimizationBarriers(x, x)[0] }

func dims2(x *Node) (a, b int) {
	d := x.Shape().Dimensions
	return d[0], d[1]
}
