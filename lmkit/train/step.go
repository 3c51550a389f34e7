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

// trainingStep is the compiled training step: forward, backward and update in one graph, compiled
// once, whose weights, optimizer moments and carried states stay on the device.
type trainingStep struct {
	model  *lmkit.Model
	step   *network.Program
	config Config
	steps  int // T
	rows   int // B
	every  bool
	loop   rnn.Loop
	// states are the carried states of objective Stream, nil until the first step of an epoch.
	states []*tensors.Tensor
}

// newTrainingStep builds the step for a run of so many of them; 0 is unknown.
func newTrainingStep(m *lmkit.Model, c Config, steps, rows int, every bool, runs int) (*trainingStep, error) {
	s := &trainingStep{model: m, config: c, steps: steps, rows: rows, every: every}
	// Unrolled, W1's step of bench takes 7 % less time, and one of 8 time steps 13 %, but compiling takes 0.3 to 0.6 seconds more.
	if runs >= 10000 && s.steps <= 8 {
		s.loop = rnn.Unrolled
	}
	var err error
	s.step, err = m.Program("training step", s.build)
	return s, err
}

// build builds the step. Inputs: tokens [T,B], targets and weights [B] or [T*B], the learning rate
// [] and, for objective Stream, the states. Outputs: loss and gradient norm as one vector [2],
// then the new states.
func (s *trainingStep) build(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
	tokens, targets, weights, learningRate := inputs[0], inputs[1], inputs[2], inputs[3]
	config := s.model.Config
	n := network.Network{Config: config, Scope: scope, Graph: tokens.Graph(), Loop: s.loop}
	states := inputs[4:]
	initial := config.StatesOrNil(states)
	hidden, final := n.Hidden(tokens, initial, s.config.dropouts(scope))
	if s.every {
		hidden = network.EveryStep(hidden)
	} else {
		hidden = network.Last(hidden)
	}
	losses := network.CrossEntropy(n.Logits(hidden), targets)
	loss := graph.Div(graph.ReduceAllSum(graph.Mul(losses, weights)), graph.ReduceAllSum(weights))
	norm := s.config.update(scope, loss, learningRate)
	var after []*graph.Node
	if s.every {
		after = network.StateNodes(final)
	}
	if s.config.SkipNotFinite {
		after = undoNotFinite(scope, loss, norm, states, after)
	}
	return append([]*graph.Node{graph.Stack([]*graph.Node{loss, norm}, 0)}, after...)
}

// reset makes the next step start from zero states, as the first of an epoch does.
func (s *trainingStep) reset() { s.states = nil }

// run makes one step and returns the batch's mean loss, in nats, and the global norm of its gradient.
func (s *trainingStep) run(b dataset.Batch, learningRate float64) (loss, norm float64, err error) {
	inputs := append(network.BatchInputs(b.Tokens, b.Targets, b.Weights, s.steps, s.rows), tensors.FromScalar(float32(learningRate)))
	if s.every {
		if s.states == nil {
			s.states = s.model.Config.ZeroStates(s.rows)
		}
		inputs = append(inputs, s.states...)
	}
	outputs, err := s.step.Run(inputs)
	if err != nil {
		return 0, 0, err
	}
	s.states = nil
	if s.every {
		s.states = outputs[1:]
	}
	defer outputs[0].FinalizeAll()
	values, err := tensors.CopyFlatData[float32](outputs[0])
	if err != nil {
		return 0, 0, fmt.Errorf("reading the loss: %w", err)
	}
	return float64(values[0]), float64(values[1]), nil
}
