package train

import (
	"fmt"

	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
)

// Objective says which predictions a training step makes: Windows or Stream.
type Objective interface {
	// batches prepares the batches of a training text; an error says why it is too short.
	batches(tokens dataset.IDs, c Config) (dataset.Batches, error)
	// validate names what is wrong with the objective's own values.
	validate() error
}

// Windows is the tutorial's objective: windows of Length tokens start at every position, the
// model reads each from a zero state, and the loss is taken on the token after the window only.
// The short last batch of an epoch counts too. A model so trained gets Config.Context = Length.
type Windows struct{ Length int }

// Stream is truncated back-propagation through time: the text is cut into as many contiguous
// lanes as the batch has rows, and read Length tokens at a time, with the loss on every token;
// the state is carried from step to step, and no gradient flows through it.
type Stream struct{ Length int }

func (w Windows) validate() error {
	if w.Length < 1 || w.Length > network.MaximumSize {
		return fmt.Errorf("window length is %d; it must be from 1 to %d", w.Length, network.MaximumSize)
	}
	return nil
}

func (w Windows) batches(tokens dataset.IDs, c Config) (dataset.Batches, error) {
	if tokens.Len() < w.Length+1 {
		return nil, fmt.Errorf("the training text has %d tokens, but windows of %d need at least %d; use a longer text or a shorter sequence",
			tokens.Len(), w.Length, w.Length+1)
	}
	return dataset.NewWindowBatches(tokens, w.Length, c.BatchSize, c.Seed, c.InOrder), nil
}

func (s Stream) validate() error {
	if s.Length < 1 || s.Length > network.MaximumSize {
		return fmt.Errorf("sequence length is %d; it must be from 1 to %d", s.Length, network.MaximumSize)
	}
	return nil
}

func (s Stream) batches(tokens dataset.IDs, c Config) (dataset.Batches, error) {
	if need := c.BatchSize * (s.Length + 1); tokens.Len() < need {
		return nil, fmt.Errorf("the training text has %d tokens, but %d lanes of sequences of %d need at least %d; use a longer text, a smaller batch or a shorter sequence",
			tokens.Len(), c.BatchSize, s.Length, need)
	}
	return dataset.NewStreamBatches(tokens, s.Length, c.BatchSize), nil
}
