package train

import (
	"fmt"

	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/text"
)

// Objective says which predictions a training step makes: Windows or Stream.
type Objective interface {
	// batches prepares the batches of the training part of a text. An error says why it is too short.
	batches(p dataset.Part, o batching) (dataset.Batches, error)
	// validate names what is wrong with the objective's own values.
	validate() error
	// shape returns how many time steps a training step reads, and whether it makes a prediction at each of them, with the state carried
	// from step to step.
	shape() (length int, every bool)
}

// batching is what an objective needs to know of a run.
type batching struct {
	size    int // windows or lanes in a step
	seed    uint64
	inOrder bool
}

// Windows is the tutorial's objective: windows of Length tokens start at every position, the model reads each from a zero state, and the
// loss is taken on the token after the window only. The short last batch of an epoch counts too. A model so trained has a Config.Context
// of Length.
type Windows struct{ Length int }

// Stream is truncated back-propagation through time: the text is cut into as many contiguous lanes as the batch has rows, and read Length
// tokens at a time, with the loss on every token. The state is carried from step to step, and no gradient flows through it. Documents that
// are kept apart each begin from a zero state.
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

// Window is a stretch of token ids and the id that follows it; see text.Windows.
type Window = text.Window[int32]
