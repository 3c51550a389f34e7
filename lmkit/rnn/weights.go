package rnn

import (
	"fmt"
	"math"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
)

// Weights are the weights of one layer, in PyTorch's layout. The order of the gates is PyTorch's, too: i, f, g, o for
// the LSTM and r, z, n for the GRU.
type Weights struct {
	InputHidden  *Node // weight_ih [G*H,I]
	HiddenHidden *Node // weight_hh [G*H,H]
	InputBias    *Node // bias_ih [G*H]
	HiddenBias   *Node // bias_hh [G*H]
}

// NewWeights returns the weights of a layer with so many inputs I and hidden units H, as variables of a GoMLX model. It
// makes them in scope, or reuses those that are there. Their names are PyTorch's: weight_ih, weight_hh, bias_ih and
// bias_hh. They are float32, and all start from PyTorch's distribution, U(-1/sqrt(H), 1/sqrt(H)); the store's parameter
// model.ParamInitialSeed makes their values repeatable.
func NewWeights(scope *model.Scope, g *Graph, o Options, inputs, hidden int) Weights {
	if inputs < 1 || hidden < 1 {
		panic(fmt.Errorf("rnn.NewWeights: %d inputs and %d hidden units; both must be 1 or more", inputs, hidden))
	}
	bound := 1 / math.Sqrt(float64(hidden))
	scope = scope.WithInitializer(initializer.RandomUniformFn(scope, -bound, bound))
	variable := func(name string, dimensions ...int) *Node {
		return scope.VariableWithShape(name, shapes.Make(dtypes.Float32, dimensions...)).NodeValue(g)
	}
	rows := o.Cell.Gates() * hidden
	return Weights{
		InputHidden:  variable("weight_ih", rows, inputs),
		HiddenHidden: variable("weight_hh", rows, hidden),
		InputBias:    variable("bias_ih", rows),
		HiddenBias:   variable("bias_hh", rows),
	}
}

// hidden returns H, after it has checked the shapes of the weights that a step of the cell uses.
func (w Weights) hidden(cell Cell) int {
	hidden := w.HiddenHidden.Shape().Dimensions[1]
	rows := cell.Gates() * hidden
	w.HiddenHidden.AssertDims(rows, hidden)
	w.HiddenBias.AssertDims(rows)
	if w.InputBias != nil {
		w.InputBias.AssertDims(rows)
	}
	return hidden
}
