package dataset

import (
	"fmt"
	"sort"

	"owlm/lmkit/text"
)

// NewLaneBatches makes batches for truncated back-propagation through time. Each batch has the next length tokens of
// each of rows lanes, and predicts all of them.
//
// One text is cut into lanes of equal length; too few tokens are an error. Documents are dealt out to the lanes in
// their order, each as a whole. A lane starts each document from a zero state, with a new batch.
func NewLaneBatches(p Part, length, rows int) (Batches, error) {
	if p.Starts != nil {
		return newDocumentBatches(p, length, rows)
	}
	if need := rows * (length + 1); p.IDs.Len() < need {
		return nil, fmt.Errorf("the training part has %d tokens, but %d lanes of sequences of %d need at least %d; "+
			"use a longer text, a smaller batch or a shorter sequence", p.IDs.Len(), rows, length, need)
	}
	return &laneBatches{tokens: p.IDs, length: length, rows: rows, lane: p.IDs.Len() / rows}, nil
}

// laneBatches reads the lanes of one text side by side.
type laneBatches struct {
	tokens       text.IDs
	length, rows int
	lane         int // tokens in a lane
}

func (l *laneBatches) PerEpoch() int { return (l.lane - 1 + l.length - 1) / l.length }

func (l *laneBatches) Shape() (steps, rows int) { return l.length, l.rows }

func (l *laneBatches) EveryStep() bool { return true }

func (l *laneBatches) Batch(_, index int) Batch {
	// The last batch of an epoch may be shorter.
	steps := min(l.length, l.lane-1-index*l.length)
	lanes := make([][]int32, l.rows)
	for row := range lanes {
		lanes[row] = make([]int32, steps+1)
		l.tokens.Copy(lanes[row], row*l.lane+index*l.length)
	}
	return LaneBatch(lanes, l.length, l.rows)
}

// documentBatches reads documents in lanes. Where a document ends within a batch, the rest of the lane has weight 0.
type documentBatches struct {
	tokens       text.IDs
	length, rows int
	lanes        [][]visit // of each row, in the order of their first batches
	batches      int
}

// visit is a document in a lane: its stretch of the tokens, and the batch in which it begins.
type visit struct{ start, end, batch int }

// newDocumentBatches gives each document to the lane that has the fewest batches so far.
func newDocumentBatches(p Part, length, rows int) (Batches, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	d := &documentBatches{tokens: p.IDs, length: length, rows: rows, lanes: make([][]visit, rows)}
	used := make([]int, rows) // batches of each lane
	for i, start := range p.Starts {
		end := p.end(i)
		if end-start < 2 {
			continue // nothing to predict
		}
		row := 0
		for other, n := range used {
			if n < used[row] {
				row = other
			}
		}
		d.lanes[row] = append(d.lanes[row], visit{start, end, used[row]})
		used[row] += (end - start - 1 + length - 1) / length
		d.batches = max(d.batches, used[row])
	}
	return d, nil
}

func (d *documentBatches) PerEpoch() int { return d.batches }

func (d *documentBatches) Shape() (steps, rows int) { return d.length, d.rows }

func (d *documentBatches) EveryStep() bool { return true }

func (d *documentBatches) Batch(_, index int) Batch {
	lanes, keep := make([][]int32, d.rows), make([]float32, d.rows)
	for row, visits := range d.lanes {
		i := lastAtMost(len(visits), func(i int) int { return visits[i].batch }, index)
		if i < 0 {
			continue
		}
		v := visits[i]
		at := v.start + (index-v.batch)*d.length
		if at >= v.end-1 {
			continue // the lane has ended
		}
		lanes[row] = make([]int32, min(d.length+1, v.end-at))
		d.tokens.Copy(lanes[row], at)
		if at > v.start {
			keep[row] = 1
		}
	}
	b := LaneBatch(lanes, d.length, d.rows)
	b.Keep = keep
	return b
}

// lastAtMost returns the index of the last of n rising values that is at most limit; -1 if there is none.
func lastAtMost(n int, value func(i int) int, limit int) int {
	return sort.Search(n, func(i int) bool { return value(i) > limit }) - 1
}

// LaneBatch lays a stretch of each lane out as a batch. All tokens of a stretch but the last are inputs, and all but
// the first are targets, so a stretch has up to length+1 tokens. Missing predictions get weight 0.
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
