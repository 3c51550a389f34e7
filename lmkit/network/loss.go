package network

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// Last returns the hidden states [B,H] of the last time step of hidden [T,B,H], to predict one token per row.
func Last(hidden *graph.Node) *graph.Node {
	d := hidden.Shape().Dimensions
	return graph.Reshape(graph.Slice(hidden, graph.AxisElem(d[0]-1)), d[1], d[2])
}

// EveryStep returns hidden [T,B,H] as [T*B,H], to predict a token at every time step.
func EveryStep(hidden *graph.Node) *graph.Node {
	d := hidden.Shape().Dimensions
	return graph.Reshape(hidden, d[0]*d[1], d[2])
}

// CrossEntropy returns -log softmax(logits)[target] of each row, [N], for logits [N,V] and targets [N] (int32).
//
// It brings its own gradient, softmax(logits) minus the one-hot row of the target. That takes one pass over the logits,
// where the derivative of the forward graph takes several; with a large vocabulary the difference is measurable. GoMLX
// attaches a gradient to a node, so the first column of the logits carries it: it is added and subtracted again.
func CrossEntropy(logits, targets *graph.Node) *graph.Node {
	fixed := graph.StopGradient(logits)
	largest := graph.ReduceAndKeep(fixed, graph.ReduceMax, -1) // [N,1]
	shifted := graph.Exp(graph.Sub(fixed, largest))            // [N,V], at most 1
	// The logarithm of the sum of all exp(logit), [N,1].
	logSum := graph.Add(graph.Log(graph.ReduceAndKeep(shifted, graph.ReduceSum, -1)), largest)
	rows := graph.Iota(logits.Graph(), shapes.Make(targets.DType(), targets.Shape().Size(), 1), 0)
	places := graph.Concatenate([]*graph.Node{rows, graph.ExpandAxes(targets, -1)}, 1) // [N,2]
	losses := graph.Sub(graph.Squeeze(logSum, -1), graph.Gather(fixed, places))        // [N]

	firstColumn := func(x *graph.Node) *graph.Node { return graph.Slice(x, graph.AxisRange(), graph.AxisElem(0)) }
	column := firstColumn(graph.IdentityWithCustomGradient(logits, func(_, gradient *graph.Node) *graph.Node {
		oneHot := graph.OneHot(targets, logits.Shape().Dimensions[1], logits.DType())
		return graph.Mul(graph.Sub(graph.Exp(graph.Sub(fixed, logSum)), oneHot), firstColumn(gradient))
	})) // [N,1]
	return graph.Add(losses, graph.Squeeze(graph.Sub(column, graph.StopGradient(column)), -1))
}
