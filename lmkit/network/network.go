package network

import (
	"fmt"
	"strings"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/rnn"
)

// Network builds the graph of a model: embedding, recurrent layers, output layer. Like all code
// that builds graphs it panics; GoMLX's executors turn that into errors.
type Network struct {
	Config Config
	Scope  *model.Scope
	Loop   rnn.Loop
	Graph  *graph.Graph
}

// VariablePath is where the GoMLX store keeps the weight that PyTorch calls name.
func VariablePath(name string) string { return "/" + strings.ReplaceAll(name, ".", "/") }

// weight returns the node of the weight that PyTorch calls name.
func (n Network) weight(name string) *graph.Node {
	variable := n.Scope.Store().GetVariable(VariablePath(name))
	if variable == nil {
		panic(fmt.Errorf("the model has no weight %q", name))
	}
	return variable.NodeValue(n.Graph)
}

// Hidden runs the recurrent layers over tokens [T,B] (int32), from the given states or, if
// initial is nil, from zeros. It returns the top layer's hidden states [T,B,H] and each layer's last state.
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

// projectedEmbedding looks the tokens [T,B] up, applies dropout, if not nil, and the lowest layer's input weights: [T,B,G*H].
//
// Where it takes fewer multiplications, the embedding is projected once, [V,G*H], and one-hot rows [T*B,V] choose from that. Forward and
// backward that is twice V for each token and gate instead of three times E, and the gradient needs no scatter, which XLA's CPU does
// value by value.
func (n Network) projectedEmbedding(lowest rnn.Weights, tokens *graph.Node, dropout func(*graph.Node) *graph.Node) *graph.Node {
	table := n.weight("embedding.weight") // [V,E]
	if c := n.Config; dropout != nil || 2*c.VocabularySize > 3*c.EmbeddingSize || c.VocabularySize > tokens.Shape().Size() {
		return rnn.Project(lowest, applied(dropout, graph.Gather(table, graph.ExpandAxes(tokens, -1))))
	}
	rows := graph.Squeeze(rnn.Project(lowest, graph.ExpandAxes(table, 0)), 0) // [V,G*H]
	steps, batch := tokens.Shape().Dimensions[0], tokens.Shape().Dimensions[1]
	chosen := graph.OneHot(graph.Reshape(tokens, steps*batch), n.Config.VocabularySize, table.DType()) // [T*B,V]
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

// Logits applies the output layer to hidden states [N,H] and returns [N,V].
func (n Network) Logits(hidden *graph.Node) *graph.Node {
	name := "fc.weight"
	if n.Config.TieWeights {
		name = "embedding.weight"
	}
	return graph.Add(rnn.Linear(hidden, n.weight(name)), graph.ExpandAxes(n.weight("fc.bias"), 0))
}

// Dropouts are functions that zero values [T,B,.] in a training step: of the embeddings, of what one layer passes to the next, and
// of the top layer's outputs. Those that are nil zero nothing, as all of them outside of training.
type Dropouts struct {
	Embeddings, Layers, Outputs func(x *graph.Node) *graph.Node
}
