package lmkit

import (
	"fmt"
	"strings"

	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/rnn"
)

// network builds the graph of a model: embedding, recurrent layers, output layer. Like all code
// that builds graphs it panics; GoMLX's executors turn that into errors.
type network struct {
	config Config
	scope  *model.Scope
	loop   rnn.Loop
	graph  *graph.Graph
}

// variablePath is where the GoMLX store keeps the weight that PyTorch calls name.
func variablePath(name string) string { return "/" + strings.ReplaceAll(name, ".", "/") }

// weight returns the node of the weight that PyTorch calls name.
func (n network) weight(name string) *graph.Node {
	variable := n.scope.Store().GetVariable(variablePath(name))
	if variable == nil {
		panic(fmt.Errorf("the model has no weight %q", name))
	}
	return variable.NodeValue(n.graph)
}

// hidden runs the recurrent layers over tokens [T,B] (int32), from the given states or, if
// initial is nil, from zeros. It returns the top layer's hidden states [T,B,H] and each layer's last state.
func (n network) hidden(tokens *graph.Node, initial []rnn.State, drop dropouts) (*graph.Node, []rnn.State) {
	layers := make([]rnn.Weights, n.config.Layers)
	for l := range layers {
		layers[l] = rnn.Weights{
			InputHidden:  n.weight(fmt.Sprintf("rnn.weight_ih_l%d", l)),
			HiddenHidden: n.weight(fmt.Sprintf("rnn.weight_hh_l%d", l)),
			InputBias:    n.weight(fmt.Sprintf("rnn.bias_ih_l%d", l)),
			HiddenBias:   n.weight(fmt.Sprintf("rnn.bias_hh_l%d", l)),
		}
	}
	options := rnn.Options{Cell: n.config.Cell, ResetBefore: n.config.ResetBefore, Loop: n.loop, Dropout: drop.layers}
	projected := n.projectedEmbedding(layers[0], tokens, drop.embeddings)
	hidden, final := rnn.LayersProjected(options, layers, projected, initial)
	return applied(drop.outputs, hidden), final
}

// projectedEmbedding looks the tokens [T,B] up, applies dropout, if not nil, and the lowest layer's input weights: [T,B,G*H].
//
// Where it takes fewer multiplications, the embedding is projected once, [V,G*H], and one-hot rows [T*B,V] choose from that. Forward and
// backward that is twice V for each token and gate instead of three times E, and the gradient needs no scatter, which XLA's CPU does
// value by value.
func (n network) projectedEmbedding(lowest rnn.Weights, tokens *graph.Node, dropout func(*graph.Node) *graph.Node) *graph.Node {
	table := n.weight("embedding.weight") // [V,E]
	if c := n.config; dropout != nil || 2*c.VocabularySize > 3*c.EmbeddingSize || c.VocabularySize > tokens.Shape().Size() {
		return rnn.Project(lowest, applied(dropout, graph.Gather(table, graph.ExpandAxes(tokens, -1))))
	}
	rows := graph.Squeeze(rnn.Project(lowest, graph.ExpandAxes(table, 0)), 0) // [V,G*H]
	steps, batch := tokens.Shape().Dimensions[0], tokens.Shape().Dimensions[1]
	chosen := graph.OneHot(graph.Reshape(tokens, steps*batch), n.config.VocabularySize, table.DType()) // [T*B,V]
	projected := graph.DotGeneral(chosen, []int{1}, nil, rows, []int{0}, nil)                          // [T*B,G*H]
	return graph.Reshape(projected, steps, batch, projected.Shape().Dimensions[1])
}

// applied is what a function makes of x; x where there is none.
func applied(function func(*graph.Node) *graph.Node, x *graph.Node) *graph.Node {
	if function == nil {
		return x
	}
	return function(x)
}

// logits applies the output layer to hidden states [N,H] and returns [N,V].
func (n network) logits(hidden *graph.Node) *graph.Node {
	name := "fc.weight"
	if n.config.TieWeights {
		name = "embedding.weight"
	}
	return graph.Add(rnn.Linear(hidden, n.weight(name)), graph.ExpandAxes(n.weight("fc.bias"), 0))
}

// last picks the last time step [B,H] of hidden states [T,B,H].
func last(hidden *graph.Node) *graph.Node {
	d := hidden.Shape().Dimensions
	return graph.Reshape(graph.Slice(hidden, graph.AxisElem(d[0]-1)), d[1], d[2])
}

// everyStep lays hidden states [T,B,H] out as [T*B,H].
func everyStep(hidden *graph.Node) *graph.Node {
	d := hidden.Shape().Dimensions
	return graph.Reshape(hidden, d[0]*d[1], d[2])
}

// crossEntropy returns -log softmax(logits)[target] of each row, [N], of logits [N,V] and targets [N] (int32).
//
// Its gradient, softmax(logits) minus the target's one-hot row, takes a single pass when it is written down; differentiated, it takes several,
// which for large vocabularies is felt. It is attached to the first column of the logits, which is added and subtracted again.
func crossEntropy(logits, targets *graph.Node) *graph.Node {
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

// stateNodes lays states out as a flat list, layer by layer: hidden, and for the LSTM the cell.
func stateNodes(states []rnn.State) []*graph.Node {
	var nodes []*graph.Node
	for _, s := range states {
		nodes = append(nodes, s.Hidden)
		if s.Cell != nil {
			nodes = append(nodes, s.Cell)
		}
	}
	return nodes
}

// statesOf is the reverse of stateNodes.
func (c Config) statesOf(nodes []*graph.Node) []rnn.State {
	states := make([]rnn.State, c.Layers)
	per := c.statesPerLayer()
	for l := range states {
		states[l].Hidden = nodes[l*per]
		if per == 2 {
			states[l].Cell = nodes[l*per+1]
		}
	}
	return states
}

// statesPerLayer is 2 for the LSTM (hidden and cell state) and 1 for the others.
func (c Config) statesPerLayer() int {
	if c.Cell == rnn.LSTM {
		return 2
	}
	return 1
}
