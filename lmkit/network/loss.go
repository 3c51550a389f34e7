package network

import (
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// Last picks the last time step [B,H] of hidden states [T,B,H].
func Last(hidden *graph.Node) *graph.Node {
	d := hidden.Shape().Dimensions
	return graph.Reshape(graph.Slice(hidden, graph.AxisElem(d[0]-1)), d[1], d[2])
}

// EveryStep lays hidden states [T,B,H] out as [T*B,H].
func EveryStep(hidden *graph.Node) *graph.Node {
	d := hidden.Shape().Dimensions
	return graph.Reshape(hidden, d[0]*d[1], d[2])
}

// CrossEntropy returns -log softmax(logits)[target] of each row, [N], of logits [N,V] and targets [N] (int32).
//
// Its gradient, softmax(logits) minus the target's one-hot row, takes a single pass when it is written down; differentiated, it takes several,
// which for large vocabularies is felt. It is attached to the first column of the logits, which is added and subtracted again.
func CrossEntropy(logits, targets *graph.Node) *graph.Node {
	fixed := graph.StopGradient(logits)
	largest := graph.ReduceAndKeep(fixed, graph.ReduceMax, -1)                                                           // [N,1]
	sum := graph.Add(graph.Log(graph.ReduceAndKeep(graph.Exp(graph.Sub(fixed, largest)), graph.ReduceSum, -1)), largest) // log of the sum of all exponentials, [N,1]
	rows := graph.Iota(logits.Graph(), shapes.Make(targets.DType(), targets.Shape().Size(), 1), 0)
	chosen := graph.Gather(fixed, graph.Concatenate([]*graph.Node{rows, graph.ExpandAxes(targets, -1)}, 1)) // [N]
	losses := graph.Sub(graph.Squeeze(sum, -1), chosen)
	column := graph.Slice(graph.IdentityWithCustomGradient(logits, func(_, gradient *graph.Node) *graph.Node {
		oneHot := graph.OneHot(targets, logits.Shape().Dimensions[1], logits.DType())
		return graph.Mul(graph.Sub(graph.Exp(graph.Sub(fixed, sum)), oneHot), graph.Slice(gradient, graph.AxisRange(), graph.AxisElem(0)))
	}), graph.AxisRange(), graph.AxisElem(0))
	return graph.Add(losses, graph.Squeeze(graph.Sub(column, graph.StopGradient(column)), -1))
}
