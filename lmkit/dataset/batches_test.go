package dataset

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit/text"
)

// TestDocumentBatches reads an epoch of windows and of lanes over random documents. Every prediction within a document
// must be made once, none may reach from one document into the next, and a lane must keep its state within a document
// only.
func TestDocumentBatches(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		part, ids := Part{Starts: []int{}}, text.IDList{}
		predictions, windows := map[[2]int32]bool{}, map[string]bool{}
		length, rows := 1+random.IntN(6), 1+random.IntN(5)
		for range 1 + random.IntN(12) {
			part.Starts = append(part.Starts, len(ids))
			size := random.IntN(15)
			for i := range size {
				ids = append(ids, int32(len(ids)))
				if i > 0 {
					predictions[[2]int32{int32(len(ids) - 2), int32(len(ids) - 1)}] = true
				}
				if i >= length {
					windows[fmt.Sprint(ids[len(ids)-length-1:])] = true
				}
			}
		}
		part.IDs, part.Tokens = ids, len(ids)
		checkLanes(t, part, length, rows, predictions)
		checkWindows(t, part, length, rows, windows)
	}
}

func checkLanes(t *testing.T, part Part, length, rows int, predictions map[[2]int32]bool) {
	t.Helper()
	batches, err := NewLaneBatches(part, length, rows)
	if len(predictions) == 0 {
		want.Error(t, err, "2 tokens that a prediction needs")
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	seen := map[[2]int32]bool{}
	last := make([]int32, rows) // the target that a lane read last
	for index := range batches.PerEpoch() {
		b := batches.Batch(0, index)
		count := 0
		for row := range rows {
			for step := range length {
				i := step*rows + row
				if b.Weights[i] == 0 {
					continue
				}
				count++
				pair := [2]int32{b.Tokens[i], b.Targets[i]}
				if seen[pair] || !predictions[pair] {
					t.Fatalf("%v is predicted twice, or is no prediction", pair)
				}
				seen[pair] = true
				goesOn := step > 0 || b.Keep[row] == 1
				begins := slices.Contains(part.Starts, int(pair[0]))
				if goesOn == begins || goesOn && last[row] != pair[0] {
					t.Fatalf("%v: goes on %v, begins a document %v, after %d", pair, goesOn, begins, last[row])
				}
				last[row] = pair[1]
			}
		}
		if count == 0 || float64(count) != b.Count {
			t.Errorf("batch %d has %d predictions, and says %v", index, count, b.Count)
		}
	}
	if len(seen) != len(predictions) || len(predictions) != part.Predictions() {
		t.Errorf("%d of %d predictions, %d of the part", len(seen), len(predictions), part.Predictions())
	}
}

func checkWindows(t *testing.T, part Part, length, rows int, windows map[string]bool) {
	t.Helper()
	for _, inOrder := range []bool{true, false} {
		batches, err := NewWindowBatches(part, length, rows, 7, inOrder)
		if len(windows) == 0 {
			want.Error(t, err, fmt.Sprintf("a window of %d needs", length))
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		_, rows := batches.Shape()
		seen := map[string]bool{}
		for index := range batches.PerEpoch() {
			b := batches.Batch(0, index)
			for row := range rows {
				if b.Weights[row] == 0 {
					continue
				}
				var window []int32
				for step := range length {
					window = append(window, b.Tokens[step*rows+row])
				}
				name := fmt.Sprint(append(window, b.Targets[row]))
				if seen[name] || !windows[name] {
					t.Fatalf("%s comes twice, or is no window", name)
				}
				seen[name] = true
			}
		}
		if len(seen) != len(windows) {
			t.Errorf("%d of %d windows", len(seen), len(windows))
		}
	}
}
