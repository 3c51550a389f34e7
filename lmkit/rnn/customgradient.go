package rnn

import . "github.com/gomlx/gomlx/core/graph"

// attachGradient gives results a gradient with respect to inputs. GoMLX must not see how results depend on inputs;
// backward takes the gradients of the results to those of the inputs. The values stay the same.
//
// It uses GoMLX's IdentityWithCustomGradient. All inputs, and zeros of the results' size, pass through it as one
// vector. The zeros are added to the results: there the results' gradients arrive, and the inputs' gradients leave in
// their own places. XLA removes the copies.
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

// join lays nodes end to end as one vector.
func join(parts []*Node) *Node {
	vectors := make([]*Node, len(parts))
	for i, part := range parts {
		vectors[i] = Reshape(part, part.Shape().Size())
	}
	return Concatenate(vectors, 0)
}

// cut reverses join for parts of these shapes.
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
