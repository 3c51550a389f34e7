package lmkit

import (
	"fmt"
	"testing"

	"owlm/lmkit/text"
)

// TestLookahead asks for batches in order, over the end of an epoch, and out of order: they are those of the source.
func TestLookahead(t *testing.T) {
	tokens := make([]int32, 61)
	for i := range tokens {
		tokens[i] = int32(i)
	}
	for _, objective := range []Objective{Windows{Length: 3}, Stream{Length: 3}} {
		c := TrainConfig{BatchSize: 4, Seed: 5}
		source := func() batches {
			b, err := objective.batches(text.Slice(tokens), c)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		plain, ahead := source(), newLookahead(source())
		n := plain.perEpoch()
		for _, place := range [][2]int{{0, 0}, {0, 1}, {0, 2}, {0, n - 1}, {1, 0}, {1, 1}, {0, 1}, {0, 1}, {3, 0}} {
			got, want := ahead.batch(place[0], place[1]), plain.batch(place[0], place[1])
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%T, epoch %d, batch %d: %v, want %v", objective, place[0], place[1], got, want)
			}
		}
		ahead.wait()
		ahead.wait()
	}
}
