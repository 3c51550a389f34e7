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

// step is a training step as one compiled graph: forward pass, backward pass and update. Weights, optimizer moments and
// carried states stay on the device.
type step struct {
	model   *lmkit.Model
	program *network.Program
	config  StepConfig
	shape   stepShape
	// states are the carried hidden states; nil stands for zeros, with which each epoch begins.
	states []*tensors.Tensor
}

// stepShape holds what the graph of a training step depends on besides the model and StepConfig.
type stepShape struct {
	steps, rows int  // T and B
	every       bool // predict at every time step and carry the hidden state
	documents   bool // rows may begin documents, from a zero hidden state
	unrolled    bool // unroll the time steps even if the engine can loop
}

func newStep(m *lmkit.Model, c StepConfig, shape stepShape) (*step, error) {
	s := &step{model: m, config: c, shape: shape}
	var err error
	s.program, err = m.Program("training step", s.build)
	return s, err
}

// build builds the graph. Its inputs are tokens [T,B], targets and weights [B] or [T*B], the learning rate [], with
// documents which rows keep their state [B,1], and the carried states. Its outputs are loss and gradient norm as one
// vector [2] and the new states.
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
	hidden, final := n.Hidden(tokens, config.StatesOrNil(states), s.config.Dropout.dropouts(scope, config.Dropout))
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

// reset makes the next step start from zero states.
func (s *step) reset() {
	network.Free(s.states)
	s.states = nil
}

// close frees the compiled graph and the states.
func (s *step) close() {
	s.reset()
	s.program.Close()
}

// run makes one step and returns the mean loss of the batch, in nats, and the global norm of its gradient.
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

// undoNotFinite undoes the step if its loss or gradient norm is not finite: every variable of the store (weights,
// optimizer moments, random state) gets back its value from before the step. It returns the states to carry on, which
// are then those from before as well.
func undoNotFinite(scope *model.Scope, loss, norm *graph.Node, before, after []*graph.Node) []*graph.Node {
	g := loss.Graph()
	ok := graph.LogicalAnd(graph.IsFinite(loss), graph.IsFinite(norm))
	for variable := range scope.Store().IterVariables() {
		if variable.ChangedInGraph(g) {
			variable.SetNodeValue(graph.Where(ok, variable.NodeValue(g), g.GetParameterByName(variable.Path())))
		}
	}
	states := make([]*graph.Node, len(before))
	for i := range before {
		states[i] = graph.Where(ok, after[i], before[i])
	}
	return states
}
