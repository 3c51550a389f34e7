package rnn

import . "github.com/gomlx/gomlx/core/graph"

// Linear multiplies x [N,I] by the transpose of weight [O,I], as torch.nn.functional.linear does without a bias: [N,O].
//
// XLA's products on the CPU are fast where the rows of both factors run along the rows of the result. They lay out
// other factors anew, value by value, sometimes on one thread. Where that costs more than a transpose, which takes
// vector instructions on all threads, Linear and its gradient transpose. The Go engine would gain nothing from it.
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

// weightGradient returns the gradient of the weight [O,I] in a product with x [N,I], from the product's gradient d
// [N,O].
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
	case o%badRow == 0 && i < min(n, o): // it is less work to lay x and the product out anew
		return transposed(DotGeneral(x, []int{0}, nil, d, []int{0}, nil))
	}
	return asItIs()
}

// fitsCache reports whether a matrix of float32 fits a core's second-level cache of 1 MB.
func fitsCache(x *Node) bool { return x.Shape().Size() <= 1<<18 }

// badRow is a length of rows that are slow to read by column, as are rows of its multiples: the values of a column
// compete for the same places in the caches.
const badRow = 256

// transposed returns the transpose of x [N,K], laid out by an operation of its own, not by the product that uses it. It
// lengthens bad rows by a cache line of float32, and cuts long columns, whose lines would not all fit the first-level
// cache.
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

// whole puts x behind a barrier: XLA neither makes it part of its users nor looks through it for slices. The barrier is
// for x twice, because XLA ignores one for a single value.
func whole(x *Node) *Node { return OptimizationBarriers(x, x)[0] }
