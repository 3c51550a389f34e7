package lmkit

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/backend"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// Evaluation says how well a model predicts a text.
type Evaluation = dataset.Evaluation

// EvaluateConfig says how a text is evaluated. The zero value suits every model.
type EvaluateConfig struct {
	// Context is the number of tokens that are read again, from a zero state, for each prediction. 0 stands for
	// Config.Context of the model, and Carry for a state that is carried along the text.
	Context int
	// Warn, if not nil, is called with a line that says how many bytes of a text were replaced because they were not
	// UTF-8.
	Warn func(message string)
}

// Evaluate reads a text from a zero state and predicts every token but the first. It does so with each of documents
// that are kept apart. With a Context, it reads up to that many tokens before each prediction, from a zero state.
//
// If the vocabulary lacks a token, and has none for unknown ones, the error is a *text.UnknownTokenError. Cancelling
// ctx ends the evaluation.
func (m *Model) Evaluate(ctx context.Context, source text.Source, c EvaluateConfig) (Evaluation, error) {
	contextLength, err := m.contextOf(c.Context)
	if err != nil {
		return Evaluation{}, err
	}
	named := func(err error) error {
		if source.Name == "" {
			return err
		}
		return fmt.Errorf("%s: %w", source.Name, err)
	}
	o := dataset.Options{Tokenizer: m.Tokenizer, Vocabulary: m.Vocabulary, Warn: c.Warn}
	parts, err := dataset.Encode(ctx, source, o)
	if err != nil {
		var unknown *text.UnknownTokenError
		if errors.As(err, &unknown) {
			err = named(unknown) // without the word training, which Encode puts in front
		}
		return Evaluation{}, err
	}
	defer parts.Close()
	part := parts.Train // nothing is held out
	if err := part.Check(); err != nil {
		return Evaluation{}, named(err)
	}
	sum, err := m.totalLoss(ctx, part, contextLength)
	if err != nil {
		return Evaluation{}, err
	}
	return part.Evaluation(sum / float64(part.Predictions())), nil
}

// totalLoss returns the sum of the cross entropies of all predictions, in nats.
func (m *Model) totalLoss(ctx context.Context, part dataset.Part, contextLength int) (float64, error) {
	if contextLength == 0 {
		return m.carriedLoss(ctx, part)
	}
	// The first tokens of a document have fewer than contextLength tokens before them. To predict those, carrying the
	// state is the same as reading again.
	sum, err := m.carriedLoss(ctx, part.Cut(0, contextLength+1))
	if err != nil {
		return 0, err
	}
	rest, err := m.windowLoss(ctx, part.Cut(1, -1), contextLength)
	return sum + rest, err
}

// Sizes of the evaluation graphs. They are few, so that texts of many lengths share what was compiled. What a text does
// not fill has weight 0.
var (
	evaluationSteps = []int{16, 64, 256, 1024}
	evaluationRows  = []int{64, 8, 1}
)

// unrolledSteps is the largest number of time steps for an engine that repeats the step in the graph.
const unrolledSteps = 64

// mostSteps returns the largest number of time steps in a graph, over all rows. It falls with the vocabulary size, so
// that the logits [steps,V] take about 32 MiB at most.
func (m *Model) mostSteps() int {
	if m.Engine.Kind == backend.Go {
		return unrolledSteps
	}
	return min(evaluationSteps[len(evaluationSteps)-1], max(unrolledSteps, 1<<23/m.Config.VocabularySize))
}

// stepsFor returns the number of time steps in a graph for documents of up to n predictions.
func (m *Model) stepsFor(n int) int {
	most := m.mostSteps()
	for _, steps := range evaluationSteps {
		if steps >= n && steps <= most {
			return steps
		}
	}
	return most
}

// rowsFor returns how many of n rows are read side by side, for that many time steps each.
func (m *Model) rowsFor(n, steps int) int {
	for _, rows := range evaluationRows {
		if rows <= n && rows*steps <= max(steps, m.mostSteps()) {
			return rows
		}
	}
	return 1
}

// carriedLoss predicts every token of each document but the first, and carries the state from token to token.
func (m *Model) carriedLoss(ctx context.Context, part dataset.Part) (float64, error) {
	if part.Predictions() == 0 {
		return 0, nil
	}
	if part.Starts == nil {
		part.Starts = []int{0}
	}
	longest := 0
	for _, document := range part.Documents() {
		longest = max(longest, document.Len()-1)
	}
	steps := m.stepsFor(longest)
	rows := m.rowsFor(len(part.Starts), steps)
	batches, err := dataset.NewLaneBatches(part, steps, rows)
	if err != nil {
		return 0, err
	}
	return m.sumBatches(ctx, batches)
}

// windowLoss predicts the token after each window of a length.
func (m *Model) windowLoss(ctx context.Context, part dataset.Part, length int) (float64, error) {
	count := 0
	for _, document := range part.Documents() {
		count += max(0, document.Len()-length)
	}
	if count == 0 {
		return 0, nil
	}
	rows := m.rowsFor(count, 1) // only the last time step has logits
	batches, err := dataset.NewWindowBatches(part, length, rows, 0, true)
	if err != nil {
		return 0, err
	}
	return m.sumBatches(ctx, batches)
}

// sumBatches returns the sum of the losses of all batches of an epoch.
func (m *Model) sumBatches(ctx context.Context, batches dataset.Batches) (float64, error) {
	steps, rows := batches.Shape()
	program, err := m.evaluator(steps, rows, batches.EveryStep())
	if err != nil {
		return 0, err
	}
	total, states := 0.0, m.Config.ZeroStates(rows)
	defer func() { network.Free(states) }()
	for index := range batches.PerEpoch() {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		b := batches.Batch(0, index)
		inputs := network.BatchInputs(b.Tokens, b.Targets, b.Weights, steps, rows)
		if batches.EveryStep() {
			inputs = append(inputs, tensors.FromFlatDataAndDimensions(b.Keep, rows, 1))
			inputs = append(inputs, states...)
		}
		outputs, err := program.Run(inputs)
		if err != nil {
			return 0, err
		}
		total += float64(tensors.ToScalar[float32](outputs[0]))
		outputs[0].FinalizeAll()
		states = outputs[1:]
	}
	return total, nil
}

// evaluator returns the program that sums the cross entropies of a batch. Its inputs are tokens, targets and weights
// and, if the state is carried, which rows keep their states, and the states. Its outputs are the sum and the states.
func (m *Model) evaluator(steps, rows int, every bool) (*network.Program, error) {
	key := programKey{what: "evaluation", steps: steps, rows: rows, every: every}
	return m.program(key, func(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
		n := network.Network{Config: m.Config, Scope: scope, Graph: inputs[0].Graph()}
		var initial []rnn.State // zeros
		if every {
			initial = m.Config.StatesOf(network.Kept(inputs[4:], inputs[3]))
		}
		hidden, final := n.Hidden(inputs[0], initial, network.Dropouts{})
		if every {
			hidden = network.EveryStep(hidden)
		} else {
			hidden, final = network.Last(hidden), nil
		}
		losses := network.CrossEntropy(n.Logits(hidden), inputs[1])
		sum := graph.ReduceAllSum(graph.Mul(losses, inputs[2]))
		return append([]*graph.Node{sum}, network.StateNodes(final)...)
	})
}
