package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/network"
)

// Dropout describes which values training zeroes besides those between layers, for which Config.Model.Dropout is the
// probability. With the same probability in all three places it is the dropout of Zaremba et al. 2014: on every
// connection but the recurrent ones.
type Dropout struct {
	// Embeddings is the probability of zeroing each value of a token's vector before the first layer reads it.
	Embeddings float64
	// Outputs is the probability of zeroing each value of the top layer's hidden state before the output layer reads
	// it.
	Outputs float64
	// Locked zeroes the same values at every time step of a sequence, here and between layers, instead of drawing new
	// ones for each (Gal & Ghahramani 2016; the LockedDropout of AWD-LSTM).
	Locked bool
}

func (d Dropout) problems() []error {
	var p problems
	p.share("dropout of embeddings", d.Embeddings)
	p.share("dropout of outputs", d.Outputs)
	return p
}

// dropouts returns the functions that zero values in a training step. layers is the probability between two layers.
func (d Dropout) dropouts(scope *model.Scope, layers float64) network.Dropouts {
	return network.Dropouts{
		Embeddings: dropoutOf(scope, d.Embeddings, d.Locked),
		Layers:     dropoutOf(scope, layers, d.Locked),
		Outputs:    dropoutOf(scope, d.Outputs, d.Locked),
	}
}

// dropoutOf returns a function that zeroes each value of x [T,B,.] with probability rate and multiplies the others by
// 1/(1-rate), or nil if rate is 0. With locked it draws one mask [1,B,.] for all time steps. The state of the random
// generator is a variable of the store.
func dropoutOf(scope *model.Scope, rate float64, locked bool) func(x *graph.Node) *graph.Node {
	if rate == 0 {
		return nil
	}
	return func(x *graph.Node) *graph.Node {
		g := x.Graph()
		shape := shapes.Make(dtypes.Float32, x.Shape().Dimensions...)
		if locked {
			shape.Dimensions[0] = 1
		}
		keep := graph.GreaterOrEqual(scope.RandomUniform(g, shape), graph.Scalar(g, dtypes.Float32, rate))
		factor := graph.Where(keep, graph.Scalar(g, dtypes.Float32, 1/(1-rate)), graph.ScalarZero(g, dtypes.Float32))
		return graph.Mul(x, factor)
	}
}
