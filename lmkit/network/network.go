package network

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/rnn"
)

// Network adds a model to a graph.
type Network struct {
	Config Config
	// Scope gives access to the store with the weights.
	Scope *model.Scope
	// Loop says how Hidden runs along time; the zero value suits the engine.
	Loop  rnn.Loop
	Graph *graph.Graph
}

// Dropouts zero values [T,B,.] in a training step. A nil function zeroes nothing.
type Dropouts struct {
	// Embeddings receives the embeddings, Layers what one layer passes to the next, Outputs the hidden states of the
	// top layer.
	Embeddings, Layers, Outputs func(x *graph.Node) *graph.Node
}

// Hidden runs the recurrent layers over tokens [T,B] (int32), from initial states or, if initial is nil, from zeros. It
// returns the hidden states of the top layer, [T,B,H], and the last state of each layer.
func (n Network) Hidden(tokens *graph.Node, initial []rnn.State, drop Dropouts) (*graph.Node, []rnn.State) {
	layers := make([]rnn.Weights, n.Config.Layers)
	for l := range layers {
		layers[l] = rnn.Weights{
			InputHidden:  n.weight(fmt.Sprintf("rnn.weight_ih_l%d", l)),
			HiddenHidden: n.weight(fmt.Sprintf("rnn.weight_hh_l%d", l)),
			InputBias:    n.weight(fmt.Sprintf("rnn.bias_ih_l%d", l)),
			HiddenBias:   n.weight(fmt.Sprintf("rnn.bias_hh_l%d", l)),
		}
	}
	options := rnn.Options{Cell: n.Config.Cell, ResetBefore: n.Config.ResetBefore, Loop: n.Loop, Dropout: drop.Layers}
	projected := n.projectedEmbedding(layers[0], tokens, drop.Embeddings)
	hidden, final := rnn.LayersProjected(options, layers, projected, initial)
	return applied(drop.Outputs, hidden), final
}

// projectedEmbedding returns the embeddings of tokens [T,B] times the input weights of the lowest layer, [T,B,G*H],
// with dropout of the embeddings in between.
//
// Where it takes fewer multiplications, it multiplies the whole embedding once, [V,G*H], and lets one-hot rows [T*B,V]
// choose from the result. Forward and backward, that is 2V multiplications for each token and gate instead of 3E, and
// the gradient needs no scatter, which XLA does value by value on the CPU.
func (n Network) projectedEmbedding(lowest rnn.Weights, tokens *graph.Node,
	dropout func(*graph.Node) *graph.Node) *graph.Node {
	table := n.weight("embedding.weight") // [V,E]
	c := n.Config
	if dropout != nil || 2*c.VocabularySize > 3*c.EmbeddingSize || c.VocabularySize > tokens.Shape().Size() {
		return rnn.Project(lowest, applied(dropout, graph.Gather(table, graph.ExpandAxes(tokens, -1))))
	}
	rows := graph.Squeeze(rnn.Project(lowest, graph.ExpandAxes(table, 0)), 0) // [V,G*H]
	steps, batch := tokens.Shape().Dimensions[0], tokens.Shape().Dimensions[1]
	chosen := graph.OneHot(graph.Reshape(tokens, steps*batch), c.VocabularySize, table.DType()) // [T*B,V]
	projected := graph.DotGeneral(chosen, []int{1}, nil, rows, []int{0}, nil)                   // [T*B,G*H]
	return graph.Reshape(projected, steps, batch, projected.Shape().Dimensions[1])
}

// applied returns function(x), or x if function is nil.
func applied(function func(*graph.Node) *graph.Node, x *graph.Node) *graph.Node {
	if function == nil {
		return x
	}
	return function(x)
}

// Logits applies the output layer to hidden states [N,H] and returns [N,V].
func (n Network) Logits(hidden *graph.Node) *graph.Node {
	name := "fc.weight"
	if n.Config.TieWeights {
		name = "embedding.weight"
	}
	return graph.Add(rnn.Linear(hidden, n.weight(name)), graph.ExpandAxes(n.weight("fc.bias"), 0))
}

// weight returns the node of the weight that PyTorch calls name.
func (n Network) weight(name string) *graph.Node {
	variable := n.Scope.Store().GetVariable(VariablePath(name))
	if variable == nil {
		panic(fmt.Errorf("the model has no weight %q", name))
	}
	return variable.NodeValue(n.Graph)
}
