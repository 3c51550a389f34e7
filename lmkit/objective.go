package lmkit

import (
	"fmt"

	"owlm/lmkit/text"
)

// Objective says which predictions a training step makes: Windows or Stream.
type Objective interface {
	// batches prepares the batches of a training text; an error says why it is too short.
	batches(tokens text.IDs, c TrainConfig) (batches, error)
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

// batch is what one training step reads. Tokens are time-major, [T,B]; a target of weight 0
// fills up a short batch and counts for nothing.
type batch struct {
	tokens  []int32
	targets []int32
	weights []float32
	count   float64
}

// batches gives the batches of any epoch in any order, so that training can go on from where
// it stopped.
type batches interface {
	perEpoch() int
	// shape is T and B of every batch.
	shape() (steps, rows int)
	// everyStep says that targets and weights are [T,B], carried says that the state is; otherwise
	// they are [B], for the last step only, and the state starts from zero.
	everyStep() bool
	batch(epoch, index int) batch
}

func (w Windows) validate() error {
	if w.Length < 1 || w.Length > maximumSize {
		return fmt.Errorf("window length is %d; it must be from 1 to %d", w.Length, maximumSize)
	}
	return nil
}

func (w Windows) batches(tokens text.IDs, c TrainConfig) (batches, error) {
	if tokens.Len() < w.Length+1 {
		return nil, fmt.Errorf("the training text has %d tokens, but windows of %d need at least %d; use a longer text or a shorter sequence",
			tokens.Len(), w.Length, w.Length+1)
	}
	return newWindowBatches(tokens, w.Length, c.BatchSize, c.Seed, c.InOrder), nil
}

// newWindowBatches makes batches of the windows of a length that start at every position, of up to rows of them each. The order is that
// of the text, or a random one that depends on seed and epoch.
func newWindowBatches(tokens text.IDs, length, rows int, seed uint64, inOrder bool) batches {
	count := tokens.Len() - length
	return &windowBatches{tokens: tokens, length: length, rows: min(rows, count), count: count, seed: seed, inOrder: inOrder, epoch: -1}
}

// windowBatches draws windows in a new random order each epoch.
type windowBatches struct {
	tokens       text.IDs
	length, rows int
	count        int
	seed         uint64
	inOrder      bool

	epoch int // order belongs to this epoch
	order func(place int) int
}

func (w *windowBatches) perEpoch() int            { return (w.count + w.rows - 1) / w.rows }
func (w *windowBatches) shape() (steps, rows int) { return w.length, w.rows }
func (w *windowBatches) everyStep() bool          { return false }

// start is where the window at a place in an epoch's order begins.
func (w *windowBatches) start(epoch, place int) int {
	if w.inOrder {
		return place
	}
	if w.epoch != epoch {
		w.epoch, w.order = epoch, newOrder(w.count, w.seed, epoch)
	}
	return w.order(place)
}

func (w *windowBatches) batch(epoch, index int) batch {
	var windows []text.Window[int32]
	for place := index * w.rows; place < min((index+1)*w.rows, w.count); place++ {
		ids := make([]int32, w.length+1)
		w.tokens.Copy(ids, w.start(epoch, place))
		windows = append(windows, text.Window[int32]{Input: ids[:w.length], Target: ids[w.length]})
	}
	return batchOf(windows, w.length, w.rows)
}

func (s Stream) validate() error {
	if s.Length < 1 || s.Length > maximumSize {
		return fmt.Errorf("sequence length is %d; it must be from 1 to %d", s.Length, maximumSize)
	}
	return nil
}

func (s Stream) batches(tokens text.IDs, c TrainConfig) (batches, error) {
	if need := c.BatchSize * (s.Length + 1); tokens.Len() < need {
		return nil, fmt.Errorf("the training text has %d tokens, but %d lanes of sequences of %d need at least %d; use a longer text, a smaller batch or a shorter sequence",
			tokens.Len(), c.BatchSize, s.Length, need)
	}
	return newStreamBatches(tokens, s.Length, c.BatchSize), nil
}

// newStreamBatches cuts a text into as many contiguous lanes as there are rows, and makes batches of the next length tokens of each.
func newStreamBatches(tokens text.IDs, length, rows int) batches {
	return &streamBatches{tokens: tokens, length: length, rows: rows, lane: tokens.Len() / rows}
}

// streamBatches reads all lanes side by side, from their beginning to their end.
type streamBatches struct {
	tokens       text.IDs
	length, rows int
	lane         int // tokens in a lane
}

func (s *streamBatches) perEpoch() int            { return (s.lane - 1 + s.length - 1) / s.length }
func (s *streamBatches) shape() (steps, rows int) { return s.length, s.rows }
func (s *streamBatches) everyStep() bool          { return true }

func (s *streamBatches) batch(_, index int) batch {
	b := batch{
		tokens:  make([]int32, s.length*s.rows),
		targets: make([]int32, s.length*s.rows),
		weights: make([]float32, s.length*s.rows),
	}
	// The last stretch of an epoch may be shorter.
	steps := min(s.length, s.lane-1-index*s.length)
	stretch := make([]int32, steps+1)
	for row := range s.rows {
		s.tokens.Copy(stretch, row*s.lane+index*s.length)
		for t := range steps {
			i := t*s.rows + row
			b.tokens[i], b.targets[i], b.weights[i] = stretch[t], stretch[t+1], 1
			b.count++
		}
	}
	return b
}
