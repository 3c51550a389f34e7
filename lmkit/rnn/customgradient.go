package rnn

import . "github.com/gomlx/gomlx/core/graph"

// attachGradient returns results, which were computed from inputs behind GoMLX's back, with a gradient: backward takes the gradients of
// the results to those of the inputs. The values are the same.
//
// It is GoMLX's IdentityWithCustomGradient: all inputs, and zeros of the results' size, go through it as one vector. The zeros are
// added to the results, so the results' gradients arrive there, and the inputs' gradients leave in their places. XLA removes the copies.
func attachGradient(inputs, results []*Node, backward func(gradients []*Node) []*Node) []*Node {
	g := inputs[0].Graph()
	parts := append([]*Node(nil), inputs...)
	for _, result := range results {
		parts = append(parts, Zeros(g, result.Shape()))
	}
	through := IdentityWithCustomGradient(join(parts), func(_, gradient *Node) *Node {
		left := backward(cut(gradient, parts)[len(inputs):])
		return join(append(left, parts[len(inputs):]...))
	})
	pieces := cut(through, parts)
	attached := make([]*Node, len(results))
	for i, result := range results {
		attached[i] = Add(result, pieces[len(inputs)+i])
	}
	return attached
}

// join lays nodes end to end as one vector, cut is its reverse for parts of these shapes.
func join(parts []*Node) *Node {
	flat := make([]*Node, len(parts))
	for i, part := range parts {
		flat[i] = Reshape(part, part.Shape().Size())
	}
	return Concatenate(flat, 0)
}

func cut(vector *Node, parts []*Node) []*Node {
	pieces := make([]*Node, len(parts))
	start := 0
	for i, part := range parts {
		end := start + part.Shape().Size()
		pieces[i] = Reshape(Slice(vector, AxisRange(start, end)), part.Shape().Dimensions...)
		start = end
	}
	return pieces
}
