package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// Optimizers are the names that TrainConfig.Optimizer accepts.
var Optimizers = []string{"adam", "adamw", "sgd", "rmsprop"}

// update builds the part of a training step that changes the weights: clipping, the optimizer (with PyTorch's constants),
// and AdamW's decay of matrices. It returns the global norm of the gradients before clipping.
func (c StepConfig) update(scope *model.Scope, loss, learningRate *graph.Node) *graph.Node {
	g := loss.Graph()
	gradients := scope.BuildTrainableVariablesGradientsGraph(loss)
	norm := globalNorm(gradients)
	c.clip(gradients, norm)
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

// globalNorm is the L2 norm of all gradients together.
func globalNorm(gradients []*graph.Node) *graph.Node {
	squares := make([]*graph.Node, len(gradients))
	for i, gradient := range gradients {
		squares[i] = squaredNorm(gradient)
	}
	return graph.Sqrt(graph.ReduceAllSum(graph.Stack(squares, 0)))
}

// clip limits each value of the gradients, and then their global norm, where that is asked for.
func (c StepConfig) clip(gradients []*graph.Node, norm *graph.Node) {
	if c.ClipValue > 0 {
		for i := range gradients {
			gradients[i] = graph.ClipScalar(gradients[i], -c.ClipValue, c.ClipValue)
		}
		norm = globalNorm(gradients)
	}
	if c.Clip > 0 {
		// As torch.nn.utils.clip_grad_norm_: the factor never enlarges a gradient.
		limit := graph.Scalar(norm.Graph(), dtypes.Float32, c.Clip)
		factor := graph.MinScalar(graph.Div(limit, graph.AddScalar(norm, 1e-6)), 1)
		for i := range gradients {
			gradients[i] = graph.Mul(gradients[i], factor)
		}
	}
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

// withGradients is what GoMLX's optimizers offer beyond optimizer.Interface's UpdateGraph.
type withGradients interface {
	UpdateGraphWithGradients(scope *model.Scope, gradients []*graph.Node, lossDType dtypes.DType)
}

func (c StepConfig) optimizer() withGradients {
	switch c.Optimizer {
	case "sgd":
		return optimizer.StochasticGradientDescent().WithDecay(false).WithLearningRate(c.LearningRate)
	case "rmsprop":
		return rmsprop{decay: c.RMSDecay}
	}
	return optimizer.Adam().Epsilon(1e-8).LearningRate(c.LearningRate).Done().(withGradients)
}

// rmsprop is the optimizer of Hinton's lecture 6e, as torch.optim.RMSprop:
//
//	squares' = decay * squares + (1 - decay) * gradient^2
//	weight'  = weight - rate * gradient / (sqrt(squares') + 1e-8)
//
// GoMLX's RMSProp is Adam without its first moment: its mean of squares is corrected for having begun with 0, which PyTorch's and
// Torch's are not.
type rmsprop struct{ decay float64 }

// UpdateGraphWithGradients gives every trainable variable its new value; the mean of squares is a variable beside it.
func (r rmsprop) UpdateGraphWithGradients(scope *model.Scope, gradients []*graph.Node, lossDType dtypes.DType) {
	g := gradients[0].Graph()
	rate := optimizer.LearningRateVar(scope, lossDType, 0).NodeValue(g)
	var variables []*model.Variable
	for variable := range scope.IterVariables() {
		if variable.Trainable && variable.InUseByGraph(g) {
			variables = append(variables, variable)
		}
	}
	for i, variable := range variables {
		mean := scope.Store().Scope("/rmsprop"+variable.Scope()).WithInitializer(initializer.Zero).
			VariableWithShape(variable.Name(), variable.Shape()).SetTrainable(false)
		squares := graph.Add(graph.MulScalar(mean.NodeValue(g), r.decay), graph.MulScalar(graph.Square(gradients[i]), 1-r.decay))
		mean.SetNodeValue(squares)
		step := graph.Div(graph.Mul(gradients[i], rate), graph.AddScalar(graph.Sqrt(squares), 1e-8))
		variable.SetNodeValue(graph.Sub(variable.NodeValue(g), step))
	}
}
