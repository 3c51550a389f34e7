package dataset

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// TestOrder checks that listed and computed orders have each thing once, and differ from epoch to epoch.
func TestOrder(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 5, 1000, 4096, 4097} {
		random := rand.New(rand.NewPCG(1, uint64(n)))
		orders := map[string]func(int) int{"listed": newOrder(n, 1, 2), "computed": computedOrder(n, random)}
		for name, order := range orders {
			seen := make([]bool, n)
			for place := range n {
				seen[order(place)] = true
			}
			if slices.Contains(seen, false) {
				t.Errorf("%s order of %d: one is missing", name, n)
			}
		}
	}
	// In a large order neighbors are a third of n apart on average, as in a random one.
	const n = listedOrder + 1
	first, again, other := newOrder(n, 1, 0), newOrder(n, 1, 0), newOrder(n, 1, 1)
	sum, same := 0.0, 0
	for place := range 20000 {
		distance := first(place) - first(place+1)
		sum += float64(max(distance, -distance))
		if first(place) != again(place) {
			t.Fatal("the same seed and epoch give another order")
		}
		if first(place) == other(place) {
			same++
		}
	}
	if mean := sum / 20000 / n; mean < 0.32 || mean > 0.35 || same > 10 {
		t.Errorf("mean distance %v of n, %d of 20000 in the same place in the next epoch", mean, same)
	}
}
