package dataset

import (
	"owlm/lmkit/text"
)

// Batch is what one training step reads. Tokens are time-major, [T,B]; a target of weight 0
// fills up a short batch and counts for nothing.
type Batch struct {
	Tokens  []int32
	Targets []int32
	Weights []float32
	Count   float64
}

// Batches gives the batches of any epoch in any order, so that training can go on from where
// it stopped.
type Batches interface {
	PerEpoch() int
	// shape is T and B of every batch.
	Shape() (steps, rows int)
	// everyStep says that targets and weights are [T,B], carried says that the state is; otherwise
	// they are [B], for the last step only, and the state starts from zero.
	EveryStep() bool
	Batch(epoch, index int) Batch
}

// NewWindowBatches makes batches of the windows of a length that start at every position, of up to rows of them each. The order is that
// of the text, or a random one that depends on seed and epoch.
func NewWindowBatches(tokens IDs, length, rows int, seed uint64, inOrder bool) Batches {
	count := tokens.Len() - length
	return &windowBatches{tokens: tokens, length: length, rows: min(rows, count), count: count, seed: seed, inOrder: inOrder, epoch: -1}
}

// windowBatches draws windows in a new random order each epoch.
type windowBatches struct {
	tokens       IDs
	length, rows int
	count        int
	seed         uint64
	inOrder      bool

	epoch int // order belongs to this epoch
	order func(place int) int
}

// NewStreamBatches cuts a text into as many contiguous lanes as there are rows, and makes batches of the next length tokens of each.
func NewStreamBatches(tokens IDs, length, rows int) Batches {
	return &streamBatches{tokens: tokens, length: length, rows: rows, lane: tokens.Len() / rows}
}

// streamBatches reads all lanes side by side, from their beginning to their end.
type streamBatches struct {
	tokens       IDs
	length, rows int
	lane         int // tokens in a lane
}

// BatchOf lays windows out in time-major order, and fills up to rows windows with ones that count for nothing.
func BatchOf(windows []text.Window[int32], length, rows int) Batch {
	b := Batch{
		Tokens:  make([]int32, length*rows),
		Targets: make([]int32, rows),
		Weights: make([]float32, rows),
	}
	for row, w := range windows {
		for t, id := range w.Input {
			b.Tokens[t*rows+row] = id
		}
		b.Targets[row], b.Weights[row] = w.Target, 1
		b.Count++
	}
	return b
}

func (w *windowBatches) PerEpoch() int { return (w.count + w.rows - 1) / w.rows }

func (w *windowBatches) Shape() (steps, rows int) { return w.length, w.rows }

func (w *windowBatches) EveryStep() bool { return false }

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

func (w *windowBatches) Batch(epoch, index int) Batch {
	var windows []text.Window[int32]
	for place := index * w.rows; place < min((index+1)*w.rows, w.count); place++ {
		ids := make([]int32, w.length+1)
		w.tokens.Copy(ids, w.start(epoch, place))
		windows = append(windows, text.Window[int32]{Input: ids[:w.length], Target: ids[w.length]})
	}
	return BatchOf(windows, w.length, w.rows)
}

func (s *streamBatches) PerEpoch() int { return (s.lane - 1 + s.length - 1) / s.length }

func (s *streamBatches) Shape() (steps, rows int) { return s.length, s.rows }

func (s *streamBatches) EveryStep() bool { return true }

func (s *streamBatches) Batch(_, index int) Batch {
	b := Batch{
		Tokens:  make([]int32, s.length*s.rows),
		Targets: make([]int32, s.length*s.rows),
		Weights: make([]float32, s.length*s.rows),
	}
	// The last stretch of an epoch may be shorter.
	steps := min(s.length, s.lane-1-index*s.length)
	stretch := make([]int32, steps+1)
	for row := range s.rows {
		s.tokens.Copy(stretch, row*s.lane+index*s.length)
		for t := range steps {
			i := t*s.rows + row
			b.Tokens[i], b.Targets[i], b.Weights[i] = stretch[t], stretch[t+1], 1
			b.Count++
		}
	}
	return b
}
