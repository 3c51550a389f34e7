package train

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
)

// step is the compiled training step: forward, backward and update in one graph, compiled once, whose weights, optimizer moments and
// carried states stay on the device.
type step struct {
	model   *lmkit.Model
	program *network.Program
	config  StepConfig
	shape   stepShape
	// states are the carried states, nil until the first step of an epoch.
	states []*tensors.Tensor
}

// stepShape is what the graph of a training step depends on beside its configuration.
type stepShape struct {
	steps, rows int  // T and B
	every       bool // a loss for each time step, with the state carried
	documents   bool // rows begin documents, and so a zero state
	unrolled    bool // time is unrolled where the engine could loop
}

// newStep builds the step.
func newStep(m *lmkit.Model, c StepConfig, shape stepShape) (*step, error) {
	s := &step{model: m, config: c, shape: shape}
	var err error
	s.program, err = m.Program("training step", s.build)
	return s, err
}

// build builds the step. Inputs: tokens [T,B], targets and weights [B] or [T*B], the learning rate [], with documents which rows keep
// their state [B,1], and the carried states. Outputs: loss and gradient norm as one vector [2], then the new states.
func (s *step) build(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
	tokens, targets, weights, learningRate := inputs[0], inputs[1], inputs[2], inputs[3]
	config := s.model.Config
	n := network.Network{Config: config, Scope: scope, Graph: tokens.Graph()}
	if s.shape.unrolled {
		n.Loop = rnn.Unrolled
	}
	states := inputs[4:]
	if s.shape.documents {
		states = network.Kept(states[1:], states[0])
	}
	hidden, final := n.Hidden(tokens, config.StatesOrNil(states), s.config.dropouts(scope, config.Dropout))
	if s.shape.every {
		hidden = network.EveryStep(hidden)
	} else {
		hidden = network.Last(hidden)
	}
	losses := network.CrossEntropy(n.Logits(hidden), targets)
	loss := graph.Div(graph.ReduceAllSum(graph.Mul(losses, weights)), graph.ReduceAllSum(weights))
	norm := s.config.update(scope, loss, learningRate)
	var after []*graph.Node
	if s.shape.every {
		after = network.StateNodes(final)
	}
	if s.config.SkipNotFinite {
		after = undoNotFinite(scope, loss, norm, states, after)
	}
	return append([]*graph.Node{graph.Stack([]*graph.Node{loss, norm}, 0)}, after...)
}

// reset makes the next step start from zero states, as the first of an epoch does.
func (s *step) reset() { s.states = nil }

// run makes one step and returns the batch's mean loss, in nats, and the global norm of its gradient.
func (s *step) run(b dataset.Batch, learningRate float64) (loss, norm float64, err error) {
	inputs := network.BatchInputs(b.Tokens, b.Targets, b.Weights, s.shape.steps, s.shape.rows)
	inputs = append(inputs, tensors.FromScalar(float32(learningRate)))
	if s.shape.documents {
		inputs = append(inputs, tensors.FromFlatDataAndDimensions(b.Keep, s.shape.rows, 1))
	}
	if s.shape.every {
		if s.states == nil {
			s.states = s.model.Config.ZeroStates(s.shape.rows)
		}
		inputs = append(inputs, s.states...)
	}
	outputs, err := s.program.Run(inputs)
	if err != nil {
		return 0, 0, err
	}
	s.states = nil
	if s.shape.every {
		s.states = outputs[1:]
	}
	defer outputs[0].FinalizeAll()
	values, err := tensors.CopyFlatData[float32](outputs[0])
	if err != nil {
		return 0, 0, fmt.Errorf("reading the loss: %w", err)
	}
	return float64(values[0]), float64(values[1]), nil
}

// undoNotFinite makes a step whose loss or gradient norm is not finite change nothing: it sets every variable of the store (weights,
// optimizer moments, random state) back to the value from before the step, and returns the carried states to go on with.
func undoNotFinite(scope *model.Scope, loss, norm *graph.Node, before, after []*graph.Node) []*graph.Node {
	g := loss.Graph()
	finite := graph.LogicalAnd(graph.IsFinite(loss), graph.IsFinite(norm))
	for variable := range scope.Store().IterVariables() {
		if variable.ChangedInGraph(g) {
			variable.SetNodeValue(graph.Where(finite, variable.NodeValue(g), g.GetParameterByName(variable.Path())))
		}
	}
	states := make([]*graph.Node, len(before))
	for i := range before {
		states[i] = graph.Where(finite, after[i], before[i])
	}
	return states
}
