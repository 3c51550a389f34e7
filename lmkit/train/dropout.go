package train

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/network"
)

// Dropout says which values training zeroes beyond those between layers, which are Config.Dropout's. All three together are
// Zaremba et al. 2014's: every connection but the recurrent ones.
type Dropout struct {
	// Embeddings is the probability with which a value of a token's vector is zeroed, before the lowest layer reads it.
	Embeddings float64 `json:"embeddings"`
	// Outputs is the probability with which a value of the top layer's hidden state is zeroed, before the output layer reads it.
	Outputs float64 `json:"outputs"`
	// Locked zeroes the same values at every time step of a sequence (Gal & Ghahramani 2016; AWD-LSTM's LockedDropout), here and
	// between layers, instead of drawing them anew for each.
	Locked bool `json:"locked"`
}

func (d Dropout) problems() []error {
	var problems []error
	for _, part := range []struct {
		name string
		rate float64
	}{{"embeddings", d.Embeddings}, {"outputs", d.Outputs}} {
		if !(part.rate >= 0 && part.rate < 1) {
			problems = append(problems, fmt.Errorf("dropout of %s is %v; it must be at least 0 and below 1", part.name, part.rate))
		}
	}
	return problems
}

// dropouts returns what zeroes values in a training step. layers is the probability between two layers.
func (c StepConfig) dropouts(scope *model.Scope, layers float64) network.Dropouts {
	of := func(rate float64) func(*graph.Node) *graph.Node { return dropoutOf(scope, rate, c.Dropout.Locked) }
	return network.Dropouts{Embeddings: of(c.Dropout.Embeddings), Layers: of(layers), Outputs: of(c.Dropout.Outputs)}
}

// dropoutOf returns the function that zeroes values [T,B,.] with probability rate and scales the others by 1/(1-rate); nil for
// rate 0. Locked draws for [1,B,.] and uses that for every time step. Its random state lives in the store.
func dropoutOf(scope *model.Scope, rate float64, locked bool) func(*graph.Node) *graph.Node {
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
