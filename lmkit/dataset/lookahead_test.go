package dataset

import (
	"fmt"
	"testing"

	"owlm/lmkit/text"
)

// TestLookahead asks for batches in order, over the end of an epoch, and out of order, and compares them with the
// source.
func TestLookahead(t *testing.T) {
	tokens := make([]int32, 61)
	for i := range tokens {
		tokens[i] = int32(i)
	}
	part := Part{IDs: text.IDList(tokens)}
	for name, open := range map[string]func() (Batches, error){
		"windows": func() (Batches, error) { return NewWindowBatches(part, 3, 4, 5, false) },
		"stream":  func() (Batches, error) { return NewLaneBatches(part, 3, 4) },
	} {
		source := func() Batches {
			b, err := open()
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		plain, ahead := source(), NewLookahead(source())
		n := plain.PerEpoch()
		for _, place := range [][2]int{{0, 0}, {0, 1}, {0, 2}, {0, n - 1}, {1, 0}, {1, 1}, {0, 1}, {0, 1}, {3, 0}} {
			got, want := ahead.Batch(place[0], place[1]), plain.Batch(place[0], place[1])
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s, epoch %d, batch %d: %v, want %v", name, place[0], place[1], got, want)
			}
		}
		ahead.Wait()
		ahead.Wait()
	}
}
