package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

// Optimizers lists the names that Config.Optimizer accepts.
var Optimizers = []string{"adam", "adamw", "sgd", "rmsprop"}

// update builds the part of a training step that changes the weights: clipping, the optimizer with PyTorch's constants,
// and AdamW's decay of the matrices. It returns the global norm of the gradients before clipping.
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
	// The optimizer reads the learning rate from a variable; the step receives it as an input.
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

// globalNorm returns the L2 norm of all gradients together.
func globalNorm(gradients []*graph.Node) *graph.Node {
	squares := make([]*graph.Node, len(gradients))
	for i, gradient := range gradients {
		squares[i] = squaredNorm(gradient)
	}
	return graph.Sqrt(graph.ReduceAllSum(graph.Stack(squares, 0)))
}

// clip limits each value of the gradients and then their global norm, as far as the configuration says so.
func (c StepConfig) clip(gradients []*graph.Node, norm *graph.Node) {
	if c.ClipValue > 0 {
		for i := range gradients {
			gradients[i] = graph.ClipScalar(gradients[i], -c.ClipValue, c.ClipValue)
		}
		norm = globalNorm(gradients)
	}
	if c.Clip > 0 {
		// As in torch.nn.utils.clip_grad_norm_, the factor never enlarges a gradient.
		limit := graph.Scalar(norm.Graph(), dtypes.Float32, c.Clip)
		factor := graph.MinScalar(graph.Div(limit, graph.AddScalar(norm, 1e-6)), 1)
		for i := range gradients {
			gradients[i] = graph.Mul(gradients[i], factor)
		}
	}
}

// squaredNorm returns the sum of the squares of x. It adds up 16 rows of x value by value before it reduces them,
// because XLA uses vector instructions on the CPU for additions but not for reductions.
func squaredNorm(x *graph.Node) *graph.Node {
	size, count := x.Shape().Size(), 16
	if size%count != 0 || size < 1024 {
		return graph.ReduceAllSum(graph.Square(x))
	}
	rows := graph.Reshape(x, count, size/count) // [16,size/16]
	sum := graph.Square(graph.Slice(rows, graph.AxisElem(0)))
	for i := 1; i < count; i++ {
		sum = graph.Add(sum, graph.Square(graph.Slice(rows, graph.AxisElem(i))))
	}
	return graph.ReduceAllSum(sum)
}

// withGradients is implemented by GoMLX's optimizers besides optimizer.Interface. It takes the gradients, so that they
// can be clipped first.
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

// rmsprop is the optimizer of Hinton's lecture 6e, as in torch.optim.RMSprop:
//
//	squares' = decay * squares + (1 - decay) * gradient^2
//	weight'  = weight - rate * gradient / (sqrt(squares') + 1e-8)
//
// GoMLX's RMSProp is Adam without its first moment. It corrects its mean of squares for having begun at 0, which
// PyTorch and Torch do not.
type rmsprop struct{ decay float64 }

// UpdateGraphWithGradients gives every trainable variable its new value. The mean of its squared gradients is a
// variable, too.
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
		squares := graph.Add(graph.MulScalar(mean.NodeValue(g), r.decay),
			graph.MulScalar(graph.Square(gradients[i]), 1-r.decay))
		mean.SetNodeValue(squares)
		step := graph.Div(graph.Mul(gradients[i], rate), graph.AddScalar(graph.Sqrt(squares), 1e-8))
		variable.SetNodeValue(graph.Sub(variable.NodeValue(g), step))
	}
}
