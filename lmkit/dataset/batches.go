package dataset

import (
	"fmt"

	"owlm/lmkit/text"
)

// Batch is what one training step reads. Tokens are time-major, [T,B]; a target of weight 0 fills up a short batch and does not count.
type Batch struct {
	Tokens  []int32
	Targets []int32
	Weights []float32
	// Count is the sum of the weights.
	Count float64
	// Keep, where batches come from documents, has a value for each of the B rows: 0 where the row begins a document, and so a zero
	// state, 1 where it goes on with the one before. Nil: all go on.
	Keep []float32
}

// Batches gives the batches of any epoch in any order, so that training can go on from where it stopped.
type Batches interface {
	// PerEpoch returns the number of batches in an epoch.
	PerEpoch() int
	// Shape returns T and B of every batch.
	Shape() (steps, rows int)
	// EveryStep says that targets and weights are [T,B] and that the state is carried from batch to batch; otherwise they are [B], for
	// the last step only, and the state starts from zero.
	EveryStep() bool
	// Batch returns a batch of an epoch.
	Batch(epoch, index int) Batch
}

// NewWindowBatches makes batches of up to rows windows: stretches of length tokens, of one document each, and the token that follows
// them. They are in the order of the text, or in a random order that depends on seed and epoch. An error says that there are none.
func NewWindowBatches(p Part, length, rows int, seed uint64, inOrder bool) (Batches, error) {
	w := &windowBatches{tokens: p.IDs, length: length, seed: seed, inOrder: inOrder, epoch: -1}
	if p.Starts == nil {
		w.count = max(0, p.IDs.Len()-length)
	}
	for i, start := range p.Starts {
		if n := p.end(i) - start - length; n > 0 {
			w.runs = append(w.runs, windowRun{first: w.count, start: start})
			w.count += n
		}
	}
	switch {
	case w.count == 0 && p.Starts != nil:
		return nil, fmt.Errorf("none of the %d documents has the %d tokens that a window of %d needs; use a shorter sequence", len(p.Starts), length+1, length)
	case w.count == 0:
		return nil, fmt.Errorf("the training text has %d tokens, but windows of %d need at least %d; use a longer text or a shorter sequence",
			p.IDs.Len(), length, length+1)
	}
	w.rows = min(rows, w.count)
	return w, nil
}

// windowBatches draws windows in a new random order each epoch.
type windowBatches struct {
	tokens       text.IDs
	length, rows int
	count        int         // of windows
	runs         []windowRun // of the documents that have any; nil for one text
	seed         uint64
	inOrder      bool

	epoch int // order belongs to this epoch
	order func(place int) int
}

// windowRun are the windows of one document: the number of the first, and where it starts.
type windowRun struct{ first, start int }

func (w *windowBatches) PerEpoch() int { return (w.count + w.rows - 1) / w.rows }

func (w *windowBatches) Shape() (steps, rows int) { return w.length, w.rows }

func (w *windowBatches) EveryStep() bool { return false }

// start returns where the window at a place in an epoch's order begins.
func (w *windowBatches) start(epoch, place int) int {
	number := place
	if !w.inOrder {
		if w.epoch != epoch {
			w.epoch, w.order = epoch, newOrder(w.count, w.seed, epoch)
		}
		number = w.order(place)
	}
	if w.runs == nil {
		return number
	}
	run := w.runs[lastAtMost(len(w.runs), func(i int) int { return w.runs[i].first }, number)]
	return run.start + number - run.first
}

func (w *windowBatches) Batch(epoch, index int) Batch {
	var windows []text.Window[int32]
	for place := index * w.rows; place < min((index+1)*w.rows, w.count); place++ {
		ids := make([]int32, w.length+1)
		w.tokens.Copy(ids, w.start(epoch, place))
		windows = append(windows, text.Window[int32]{Input: ids[:w.length], Target: ids[w.length]})
	}
	return WindowBatch(windows, w.length, w.rows)
}

// WindowBatch lays windows out in time-major order, and fills up to rows windows with ones of weight 0.
func WindowBatch(windows []text.Window[int32], length, rows int) Batch {
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

// LaneBatch lays out a stretch of each lane, all but the last token as inputs and all but the first as targets, and fills up to length
// steps and rows lanes with predictions of weight 0. A stretch has up to length+1 tokens.
func LaneBatch(lanes [][]int32, length, rows int) Batch {
	b := Batch{
		Tokens:  make([]int32, length*rows),
		Targets: make([]int32, length*rows),
		Weights: make([]float32, length*rows),
	}
	for row, lane := range lanes {
		for t := range len(lane) - 1 {
			i := t*rows + row
			b.Tokens[i], b.Targets[i], b.Weights[i] = lane[t], lane[t+1], 1
			b.Count++
		}
	}
	return b
}
