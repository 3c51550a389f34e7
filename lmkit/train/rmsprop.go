package train

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/model/initializer"
	"github.com/gomlx/gomlx/ml/train/optimizer"
)

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
