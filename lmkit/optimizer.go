package lmkit

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// Optimizers are the names that TrainConfig.Optimizer accepts.
var Optimizers = []string{"adam", "adamw", "sgd"}

// update builds the part of a training step that changes the weights: clipping by global norm,
// the optimizer (GoMLX's, with PyTorch's constants), and AdamW's decay of matrices. It returns the
// global norm of the gradients before clipping.
func (c TrainConfig) update(scope *model.Scope, loss, learningRate *graph.Node) *graph.Node {
	g := loss.Graph()
	gradients := scope.BuildTrainableVariablesGradientsGraph(loss)
	var squares *graph.Node
	for _, gradient := range gradients {
		square := squaredNorm(gradient)
		if squares == nil {
			squares = square
		} else {
			squares = graph.Add(squares, square)
		}
	}
	norm := graph.Sqrt(squares)
	if c.Clip > 0 {
		// As torch.nn.utils.clip_grad_norm_: the factor never enlarges a gradient.
		factor := graph.MinScalar(graph.Div(graph.Scalar(g, dtypes.Float32, c.Clip), graph.AddScalar(norm, 1e-6)), 1)
		for i := range gradients {
			gradients[i] = graph.Mul(gradients[i], factor)
		}
	}
	before := make(map[*model.Variable]*graph.Node)
	for variable := range scope.IterVariables() {
		if variable.Trainable && variable.InUseByGraph(g) {
			before[variable] = variable.NodeValue(g)
		}
	}
	// The learning rate is an input of the step, so the optimizer's own copy of it is overwritten.
	optimizer.LearningRateVar(scope, dtypes.Float32, c.LearningRate).SetNodeValue(learningRate)
	c.optimizer().UpdateGraphWithGradients(scope, gradients, dtypes.Float32)
	if c.Optimizer == "adamw" {
		for variable, value := range before {
			if value.Rank() > 1 {
				decay := graph.Mul(value, graph.MulScalar(learningRate, c.WeightDecay))
				variable.SetNodeValue(graph.Sub(variable.NodeValue(g), decay))
			}
		}
	}
	return norm
}

// squaredNorm is the sum of the squares of x. Most of it is added up in parts laid side by side, one pass that XLA's CPU makes with vector
// instructions, unlike its reductions.
func squaredNorm(x *graph.Node) *graph.Node {
	size, parts := x.Shape().Size(), 16
	if size%parts != 0 || size < 1024 {
		return graph.ReduceAllSum(graph.Square(x))
	}
	rows := graph.Reshape(x, parts, size/parts)
	sum := graph.Square(graph.Slice(rows, graph.AxisElem(0)))
	for i := 1; i < parts; i++ {
		sum = graph.Add(sum, graph.Square(graph.Slice(rows, graph.AxisElem(i))))
	}
	return graph.ReduceAllSum(sum)
}

// withGradients is what both of GoMLX's optimizers offer beyond optimizer.Interface's UpdateGraph.
type withGradients interface {
	UpdateGraphWithGradients(scope *model.Scope, gradients []*graph.Node, lossDType dtypes.DType)
}

func (c TrainConfig) optimizer() withGradients {
	if c.Optimizer == "sgd" {
		return optimizer.StochasticGradientDescent().WithDecay(false).WithLearningRate(c.LearningRate)
	}
	return optimizer.Adam().Epsilon(1e-8).LearningRate(c.LearningRate).Done().(withGradients)
}
