package dataset

import (
	"fmt"

	"owlm/lmkit/text"
)

// NewWindowBatches makes batches of up to rows windows. A window is a stretch of length tokens of one document; the
// token after it is the target. The windows come in the order of the text or, unless inOrder, in a random order that
// depends on seed and epoch. Without any window there is an error.
func NewWindowBatches(p Part, length, rows int, seed uint64, inOrder bool) (Batches, error) {
	w := &windowBatches{tokens: p.IDs, length: length, seed: seed, inOrder: inOrder, epoch: -1}
	if p.Starts == nil {
		w.count = max(0, p.IDs.Len()-length)
	}
	for i, start := range p.Starts {
		if n := p.end(i) - start - length; n > 0 {
			w.documents = append(w.documents, windowed{first: w.count, start: start})
			w.count += n
		}
	}
	switch {
	case w.count == 0 && p.Starts != nil:
		return nil, fmt.Errorf("none of the %d documents has the %d tokens that a window of %d needs; "+
			"use a shorter sequence", len(p.Starts), length+1, length)
	case w.count == 0:
		return nil, fmt.Errorf("the training part has %d tokens, but windows of %d need at least %d; "+
			"use a longer text or a shorter sequence", p.IDs.Len(), length, length+1)
	}
	w.rows = min(rows, w.count)
	return w, nil
}

// windowBatches draws all windows of a part in each epoch.
type windowBatches struct {
	tokens       text.IDs
	length, rows int
	count        int        // of windows
	documents    []windowed // those that have a window; nil for one text
	seed         uint64
	inOrder      bool

	epoch int // which order belongs to
	order func(place int) int
}

// windowed is a document: the number of its first window, and the position at which the document starts.
type windowed struct{ first, start int }

func (w *windowBatches) PerEpoch() int { return (w.count + w.rows - 1) / w.rows }

func (w *windowBatches) Shape() (steps, rows int) { return w.length, w.rows }

func (w *windowBatches) EveryStep() bool { return false }

func (w *windowBatches) Batch(epoch, index int) Batch {
	var windows []text.Window[int32]
	for place := index * w.rows; place < min((index+1)*w.rows, w.count); place++ {
		ids := make([]int32, w.length+1)
		w.tokens.Copy(ids, w.start(epoch, place))
		windows = append(windows, text.Window[int32]{Input: ids[:w.length], Target: ids[w.length]})
	}
	return WindowBatch(windows, w.length, w.rows)
}

// start returns the position of the window at a place in the order of an epoch.
func (w *windowBatches) start(epoch, place int) int {
	number := place
	if !w.inOrder {
		if w.epoch != epoch {
			w.epoch, w.order = epoch, newOrder(w.count, w.seed, epoch)
		}
		number = w.order(place)
	}
	if w.documents == nil {
		return number
	}
	i := lastAtMost(len(w.documents), func(i int) int { return w.documents[i].first }, number)
	return w.documents[i].start + number - w.documents[i].first
}

// WindowBatch lays up to rows windows of length tokens out as a batch. Missing windows get weight 0.
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
