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

// EvaluateConfig says how a text is evaluated. Its zero value is the model's own way.
type EvaluateConfig struct {
	// Context is how many tokens are re-read, from a zero state, for each prediction. 0 is the model's own rule (Config.Context),
	// Carry always carries the state.
	Context int
	// Warn receives how many bytes of a text were replaced, as they were not UTF-8; nil drops that.
	Warn func(message string)
}

// Evaluate reads a text as one stream from a zero state and predicts each token but the first; of documents that are kept apart, it does
// so with each. With a Context it reads, for each prediction, the up to Context tokens before it from a zero state instead. A token that
// the vocabulary lacks is a *text.UnknownTokenError, unless the vocabulary has a token for unknown ones. Cancelling ctx ends it.
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
	parts, err := dataset.Encode(ctx, source, dataset.Options{Tokenizer: m.Tokenizer, Vocabulary: m.Vocabulary, Warn: c.Warn})
	if err != nil {
		var unknown *text.UnknownTokenError
		if errors.As(err, &unknown) {
			err = named(unknown)
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

// totalLoss returns the sum of the cross entropies, in nats, of all predictions.
func (m *Model) totalLoss(ctx context.Context, part dataset.Part, contextLength int) (float64, error) {
	if contextLength == 0 {
		return m.carriedLoss(ctx, part)
	}
	// The first tokens of a document have fewer than contextLength tokens before them: reading on from one to the next is the same.
	sum, err := m.carriedLoss(ctx, part.Cut(0, contextLength+1))
	if err != nil {
		return 0, err
	}
	rest, err := m.windowLoss(ctx, part.Cut(1, -1), contextLength)
	return sum + rest, err
}

// Sizes of the evaluation graphs. There are few of them, so that texts of many lengths share what was compiled: what a text does not fill
// has weight 0. An engine that unrolls time steps reads fewer of them at once.
var (
	evaluationSteps = []int{16, 64, 256, 1024}
	evaluationRows  = []int{64, 8, 1}
)

const unrolledSteps = 64

// mostSteps returns how many steps are read at once, over all rows. With a large vocabulary, it keeps the logits [steps,V] in the tens of
// megabytes.
func (m *Model) mostSteps() int {
	if m.Engine.Kind == backend.Go {
		return unrolledSteps
	}
	return min(evaluationSteps[len(evaluationSteps)-1], max(unrolledSteps, 1<<23/m.Config.VocabularySize))
}

// stepsFor returns the size of a graph for documents of up to n predictions.
func (m *Model) stepsFor(n int) int {
	most := m.mostSteps()
	for _, steps := range evaluationSteps {
		if steps >= n && steps <= most {
			return steps
		}
	}
	return most
}

// rowsFor returns how many of n rows are read side by side, for that many steps each.
func (m *Model) rowsFor(n, steps int) int {
	for _, rows := range evaluationRows {
		if rows <= n && rows*steps <= max(steps, m.mostSteps()) {
			return rows
		}
	}
	return 1
}

// carriedLoss predicts all tokens of a part but the first of each document, with the state carried from token to token.
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

// windowLoss predicts the token after each window of the given length.
func (m *Model) windowLoss(ctx context.Context, part dataset.Part, length int) (float64, error) {
	count := 0
	for _, document := range part.Documents() {
		count += max(0, document.Len()-length)
	}
	if count == 0 {
		return 0, nil
	}
	rows := evaluationRows[len(evaluationRows)-1]
	for _, r := range evaluationRows {
		if r <= count {
			rows = r
			break
		}
	}
	batches, err := dataset.NewWindowBatches(part, length, rows, 0, true)
	if err != nil {
		return 0, err
	}
	return m.sumBatches(ctx, batches)
}

// sumBatches returns the sum of the losses of all batches of an epoch, without training on them.
func (m *Model) sumBatches(ctx context.Context, batches dataset.Batches) (float64, error) {
	steps, rows := batches.Shape()
	program, err := m.evaluator(steps, rows, batches.EveryStep())
	if err != nil {
		return 0, err
	}
	total, states := 0.0, m.Config.ZeroStates(rows)
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

// evaluator returns the program that sums the cross entropies of a batch. It takes tokens, targets and weights and, where the state is
// carried, which rows keep theirs and the states; it returns the sum and the states.
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
		return append([]*graph.Node{graph.ReduceAllSum(graph.Mul(losses, inputs[2]))}, network.StateNodes(final)...)
	})
}
