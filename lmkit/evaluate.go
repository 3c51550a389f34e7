package lmkit

import (
	"context"
	"errors"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"owlm/lmkit/backend"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/text"
)

// Evaluate reads a text as one stream from a zero state and predicts each token but the first.
// A model with a Context reads, for each prediction, the up to Context tokens before it from a
// zero state instead. context may cancel it. A token that the vocabulary lacks is an error
// unless the vocabulary has a token for unknown ones.
func (m *Model) Evaluate(ctx context.Context, corpus string) (dataset.Evaluation, error) {
	return m.EvaluateContext(ctx, corpus, 0)
}

// EvaluateContext is Evaluate with another context than the model's: contextLength tokens, or
// Carry for carrying the state, or 0 for the model's own.
func (m *Model) EvaluateContext(ctx context.Context, corpus string, contextLength int) (dataset.Evaluation, error) {
	return m.evaluate(ctx, dataset.CorpusOf(corpus), contextLength)
}

// EvaluateSource is EvaluateContext of a text that is read as a stream: memory does not grow with it. Its token ids lie
// in a temporary file meanwhile. Bytes that the source replaced are told to warn, if that is not nil.
func (m *Model) EvaluateSource(ctx context.Context, source text.Source, contextLength int, warn func(message string)) (dataset.Evaluation, error) {
	return m.evaluate(ctx, dataset.CorpusFrom(source, warn), contextLength)
}

func (m *Model) evaluate(ctx context.Context, in dataset.Corpus, contextLength int) (dataset.Evaluation, error) {
	e, err := in.Encode(ctx, dataset.Options{Tokenizer: m.Tokenizer, Vocabulary: m.Vocabulary})
	if err != nil {
		var unknown *text.UnknownTokenError
		if errors.As(err, &unknown) {
			err = in.Named(unknown) // it is in no training text
		}
		return dataset.Evaluation{}, err
	}
	defer e.Close()
	part := e.Train
	if err := part.Check(); err != nil {
		return dataset.Evaluation{}, in.Named(err)
	}
	return m.EvaluatePart(ctx, part, contextLength)
}

// Sizes of the evaluation graphs: how many steps are read at once when the state is carried, by an engine that unrolls them and
// at most by one that loops, and how many windows when it is not.
const (
	unrolledSteps     = 64
	loopedSteps       = 1024
	evaluationWindows = 64
)

// stretch is how many steps are read at once when the state is carried. It changes how often the engine is called, and nothing
// about what is read. With many tokens in the vocabulary the logits [steps,V] are kept in the tens of megabytes.
func (m *Model) stretch() int {
	if m.Engine.Kind == backend.Go {
		return unrolledSteps
	}
	return min(loopedSteps, max(unrolledSteps, 1<<23/m.Config.VocabularySize))
}

// TotalLoss is the sum of the cross entropies, in nats, of ids[1:].
func (m *Model) TotalLoss(ctx context.Context, ids dataset.IDs, contextLength int) (float64, error) {
	if contextLength == 0 {
		return m.streamLoss(ctx, ids)
	}
	// The first window predicts every token it holds, and the token after it: each of them
	// has fewer than contextLength tokens before it, or just as many.
	first := min(ids.Len(), contextLength+1)
	sum, err := m.streamLoss(ctx, dataset.Stretch(ids, 0, first))
	if err != nil {
		return 0, err
	}
	rest, err := m.windowLoss(ctx, dataset.Stretch(ids, 1, ids.Len()), contextLength)
	return sum + rest, err
}

// streamLoss predicts ids[1:] with the state carried from token to token.
func (m *Model) streamLoss(ctx context.Context, ids dataset.IDs) (float64, error) {
	steps := min(m.stretch(), ids.Len()-1)
	e, err := m.evaluator(evaluatorShape{steps: steps, rows: 1, every: true})
	if err != nil {
		return 0, err
	}
	states := m.Config.ZeroStates(1)
	total := 0.0
	stretch := make([]int32, steps+1)
	for start := 0; start+1 < ids.Len(); start += steps {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		b := dataset.Batch{Tokens: make([]int32, steps), Targets: make([]int32, steps), Weights: make([]float32, steps)}
		stretch = stretch[:min(steps+1, ids.Len()-start)]
		ids.Copy(stretch, start)
		for t := range len(stretch) - 1 {
			b.Tokens[t], b.Targets[t], b.Weights[t] = stretch[t], stretch[t+1], 1
		}
		loss, next, err := e.run(b, states)
		if err != nil {
			return 0, err
		}
		total, states = total+loss, next
	}
	return total, nil
}

// windowLoss predicts the token after each window of the given length.
func (m *Model) windowLoss(ctx context.Context, ids dataset.IDs, length int) (float64, error) {
	count := ids.Len() - length
	if count < 1 {
		return 0, nil
	}
	rows := min(evaluationWindows, count)
	e, err := m.evaluator(evaluatorShape{steps: length, rows: rows})
	if err != nil {
		return 0, err
	}
	source := dataset.NewWindowBatches(ids, length, rows, 0, true)
	total := 0.0
	for index := range source.PerEpoch() {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		loss, states, err := e.run(source.Batch(0, index), m.Config.ZeroStates(rows))
		if err != nil {
			return 0, err
		}
		for _, state := range states {
			state.FinalizeAll()
		}
		total += loss
	}
	return total, nil
}

// evaluatorShape tells the compiled evaluation graphs of a model apart.
type evaluatorShape struct {
	steps, rows int
	every       bool // loss on every step, not on the last alone
}

// evaluator is a compiled graph that sums cross entropies.
type evaluator struct {
	shape evaluatorShape
	sum   *network.Program
}

func (m *Model) evaluator(shape evaluatorShape) (*evaluator, error) {
	if e := m.evaluators[shape]; e != nil {
		return e, nil
	}
	sum, err := m.Program("evaluation", func(scope *model.Scope, inputs []*graph.Node) []*graph.Node {
		n := network.Network{Config: m.Config, Scope: scope, Graph: inputs[0].Graph()}
		hidden, final := n.Hidden(inputs[0], m.Config.StatesOf(inputs[3:]), network.Dropouts{})
		if shape.every {
			hidden = network.EveryStep(hidden)
		} else {
			hidden = network.Last(hidden)
		}
		losses := network.CrossEntropy(n.Logits(hidden), inputs[1])
		return append([]*graph.Node{graph.ReduceAllSum(graph.Mul(losses, inputs[2]))}, network.StateNodes(final)...)
	})
	if err != nil {
		return nil, err
	}
	e := &evaluator{shape: shape, sum: sum}
	m.evaluators[shape] = e
	return e, nil
}

// run returns the sum of the batch's losses and the states after its last step. It uses up the states it is given.
func (e *evaluator) run(b dataset.Batch, states []*tensors.Tensor) (float64, []*tensors.Tensor, error) {
	outputs, err := e.sum.Run(append(network.BatchInputs(b.Tokens, b.Targets, b.Weights, e.shape.steps, e.shape.rows), states...))
	if err != nil {
		return 0, nil, err
	}
	defer outputs[0].FinalizeAll()
	return float64(tensors.ToScalar[float32](outputs[0])), outputs[1:], nil
}

// EvaluatePart is EvaluateContext for a part of a text.
func (m *Model) EvaluatePart(ctx context.Context, p dataset.Part, contextLength int) (dataset.Evaluation, error) {
	contextLength, err := m.contextOf(contextLength)
	if err != nil {
		return dataset.Evaluation{}, err
	}
	if err := p.Check(); err != nil {
		return dataset.Evaluation{}, err
	}
	sum, err := m.TotalLoss(ctx, p.IDs, contextLength)
	if err != nil {
		return dataset.Evaluation{}, err
	}
	return p.Evaluation(sum / float64(p.Tokens-1)), nil
}
