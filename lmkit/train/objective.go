package train

import (
	"fmt"

	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
)

// Objective decides which tokens a training step predicts. It is Windows or Stream.
type Objective interface {
	// batches returns the batches of the training part. An error says why the part is too short.
	batches(p dataset.Part, o batching) (dataset.Batches, error)
	// validate checks the values of the objective itself.
	validate() error
	// shape returns the number of time steps that a training step reads. every reports whether it makes a prediction at
	// each of them and carries the hidden state to the next training step.
	shape() (length int, every bool)
}

// batching holds what the batches of an objective depend on besides the text.
type batching struct {
	size    int // windows or lanes per step
	seed    uint64
	inOrder bool
}

// Windows is the tutorial's objective. A window of Length tokens starts at every position; the model reads each window
// from a zero hidden state and predicts only the token after it. The last batch of an epoch may be smaller, and counts
// too. The model's Config.Context becomes Length.
type Windows struct{ Length int }

// Stream is truncated back-propagation through time. The text is cut into BatchSize contiguous lanes, which are read
// side by side, Length tokens at a time, and every token is predicted. The hidden state is carried from step to step,
// but no gradient flows through it. Each document of a text in documents starts from a zero hidden state.
type Stream struct{ Length int }

func (w Windows) validate() error { return validLength("window", w.Length) }

func (w Windows) batches(p dataset.Part, o batching) (dataset.Batches, error) {
	return dataset.NewWindowBatches(p, w.Length, o.size, o.seed, o.inOrder)
}

func (w Windows) shape() (length int, every bool) { return w.Length, false }

func (s Stream) validate() error { return validLength("sequence", s.Length) }

func (s Stream) batches(p dataset.Part, o batching) (dataset.Batches, error) {
	return dataset.NewLaneBatches(p, s.Length, o.size)
}

func (s Stream) shape() (length int, every bool) { return s.Length, true }

func validLength(name string, length int) error {
	if length < 1 || length > network.MaximumSize {
		return fmt.Errorf("%s length is %d; it must be from 1 to %d", name, length, network.MaximumSize)
	}
	return nil
}

// contextOf returns the Config.Context of a model that is trained with an objective.
func contextOf(o Objective) int {
	if w, ok := o.(Windows); ok {
		return w.Length
	}
	return 0
}
