package dataset

import (
	"math"
	"slices"
	"testing"
)

// TestSplit checks the sizes of the parts, and which shares are refused.
func TestSplit(t *testing.T) {
	ids := make([]int, 100)
	for i := range ids {
		ids[i] = i
	}
	for _, c := range []struct{ valid, test float64 }{{0, 0}, {0.1, 0.2}, {0.333, 0.333}, {0, 0.01}} {
		s, err := Split(ids, c.valid, c.test)
		if err != nil {
			t.Fatal(err)
		}
		if all := slices.Concat(s.Train, s.Valid, s.Test); !slices.Equal(all, ids) {
			t.Errorf("%+v: the parts are not the text", c)
		}
		if math.Abs(float64(len(s.Valid))-100*c.valid) > 1 || math.Abs(float64(len(s.Test))-100*c.test) > 1 {
			t.Errorf("%+v: %d, %d, %d", c, len(s.Train), len(s.Valid), len(s.Test))
		}
	}
	// Both shares are rounded up, which leaves less than nothing to train on.
	half := math.Nextafter(0.5, 0)
	one, err := Split(ids[:1], half, half)
	if err != nil || len(one.Train)+len(one.Valid)+len(one.Test) != 1 {
		t.Errorf("%+v, %v", one, err)
	}
	for _, c := range [][2]float64{{-0.1, 0}, {0.5, 0.5}, {math.NaN(), 0}, {0, 1}} {
		if _, err := Split(ids, c[0], c[1]); err == nil {
			t.Errorf("shares %v are accepted", c)
		}
	}
}
