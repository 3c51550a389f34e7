package lmkit

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/rnn"
)

// stepper is the compiled training step: forward, backward and update in one graph, compiled
// once, whose weights, optimizer moments and carried states stay on the device.
type stepper struct {
	model  *Model
	step   *program
	config TrainConfig
	steps  int // T
	rows   int // B
	every  bool
	loop   rnn.Loop
	// states are the carried states of objective Stream, nil until the first step of an epoch.
	states []*tensors.Tensor
}

// newStepper builds the step for a run of so many of them; 0 is unknown.
func newStepper(m *Model, c TrainConfig, steps, rows int, every bool, runs int) (*stepper, error) {
	s := &stepper{model: m, config: c, steps: steps, rows: rows, every: every}
	// Unrolled, W1's step of bench takes 7 % less time, and one of 8 time steps 13 %, but compiling takes 0.3 to 0.6 seconds more.
	if runs >= 10000 && s.steps <= 8 {
		s.loop = rnn.Unrolled
	}
	var err error
	s.step, err = m.program("training step", s.build)
	return s, err
}

// build builds the step. Inputs: tokens [T,B], targets and weights [B] or [T*B], the learning rate
// [] and, for objective Stream, the states. Outputs: loss and gradient norm as one vector [2],
// then the new states.
func (s *stepper) build(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
	tokens, targets, weights, learningRate := inputs[0], inputs[1], inputs[2], inputs[3]
	config := s.model.Config
	n := network{config: config, scope: scope, graph: tokens.Graph(), loop: s.loop}
	states := inputs[4:]
	initial := config.statesOrNil(states)
	hidden, final := n.hidden(tokens, initial, s.config.dropouts(scope))
	if s.every {
		hidden = everyStep(hidden)
	} else {
		hidden = last(hidden)
	}
	losses := crossEntropy(n.logits(hidden), targets)
	loss := graph.Div(graph.ReduceAllSum(graph.Mul(losses, weights)), graph.ReduceAllSum(weights))
	norm := s.config.update(scope, loss, learningRate)
	var after []*graph.Node
	if s.every {
		after = stateNodes(final)
	}
	if s.config.SkipNotFinite {
		after = undoNotFinite(scope, loss, norm, states, after)
	}
	return append([]*graph.Node{graph.Stack([]*graph.Node{loss, norm}, 0)}, after...)
}

// statesOrNil is statesOf, and nil (for zero states) where no node is given.
func (c Config) statesOrNil(nodes []*graph.Node) []rnn.State {
	if len(nodes) == 0 {
		return nil
	}
	return c.statesOf(nodes)
}

// reset makes the next step start from zero states, as the first of an epoch does.
func (s *stepper) reset() { s.states = nil }

// run makes one step and returns the batch's mean loss, in nats, and the global norm of its gradient.
func (s *stepper) run(b batch, learningRate float64) (loss, norm float64, err error) {
	inputs := append(batchInputs(b.tokens, b.targets, b.weights, s.steps, s.rows), tensors.FromScalar(float32(learningRate)))
	if s.every {
		if s.states == nil {
			s.states = s.model.Config.zeroStates(s.rows)
		}
		inputs = append(inputs, s.states...)
	}
	outputs, err := s.step.run(inputs)
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

// batchInputs makes tensors of a batch's tokens [T,B], and of its targets and weights, which have one value a prediction.
func batchInputs(tokens, targets []int32, weights []float32, steps, rows int) []*tensors.Tensor {
	return []*tensors.Tensor{
		tensors.FromFlatDataAndDimensions(tokens, steps, rows),
		tensors.FromFlatDataAndDimensions(targets, len(targets)),
		tensors.FromFlatDataAndDimensions(weights, len(weights)),
	}
}

// zeroStates are the zero states [rows,H] of every layer, in the order of stateNodes.
func (c Config) zeroStates(rows int) []*tensors.Tensor {
	states := make([]*tensors.Tensor, c.Layers*c.statesPerLayer())
	for i := range states {
		states[i] = tensors.FromShape(shapes.Make(dtypes.Float32, rows, c.HiddenSize))
	}
	return states
}
