package plots

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestAxis(t *testing.T) {
	tests := []struct {
		name       string
		values     []float64
		log, tight bool
		lo, hi     float64
		ticks      string
	}{
		{"loss", []float64{3.4, 0.02}, false, false, 0, 3.5, "0.0 0.5 1.0 1.5 2.0 2.5 3.0 3.5"},
		{"epochs", []float64{1, 100}, false, true, 1, 100, "20 40 60 80 100"},
		{"few epochs", []float64{1, 2, 3}, false, true, 1, 3, "1 2 3"},
		{"far from zero", []float64{100.2, 101}, false, false, 100.2, 101,
			"100.2 100.3 100.4 100.5 100.6 100.7 100.8 100.9 101.0"},
		{"large", []float64{0, 2e7}, false, false, 0, 2e7, "0 5e6 1e7 1.5e7 2e7"},
		{"decades", []float64{0.0009, 3}, true, false, 0.0005, 5, "0.001 0.01 0.1 1"},
		{"one decade", []float64{2, 9}, true, false, 2, 9, "2 3 4 5 6 7 8 9"},
		{"within one", []float64{3.1, 3.3}, true, false, 3.1, 3.3, "3.1 3.15 3.2 3.25 3.3"},
		{"one value", []float64{5}, false, false, 2, 8, "2 3 4 5 6 7 8"},
		{"none", nil, false, false, 1, 10, ""},
	}
	for _, test := range tests {
		a := newAxis("", test.values, test.log, test.tight)
		var labels []string
		for _, v := range a.ticks {
			labels = append(labels, a.label(v))
		}
		if test.ticks == "" {
			continue
		}
		if strings.Join(labels, " ") != test.ticks {
			t.Errorf("%s: ticks %v, want %s", test.name, labels, test.ticks)
		}
		if math.Abs(a.lo-test.lo) > 1e-9*math.Abs(a.lo)+1e-12 || math.Abs(a.hi-test.hi) > 1e-9*a.hi {
			t.Errorf("%s: from %v to %v, want %v to %v", test.name, a.lo, a.hi, test.lo, test.hi)
		}
	}
}

// TestAxisAnyValues checks that any values give a finite axis, with the values on it and a readable number of ticks.
func TestAxisAnyValues(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		values := make([]float64, 1+random.IntN(4))
		for i := range values {
			values[i] = math.Float64frombits(random.Uint64())
		}
		log, tight := random.IntN(2) == 0, random.IntN(2) == 0
		a := newAxis("", values, log, tight)
		if !(a.lo < a.hi) || math.IsInf(a.hi-a.lo, 0) || len(a.ticks) > 30 || log && a.lo <= 0 {
			t.Fatalf("%v (log %v, tight %v): %+v", values, log, tight, a)
		}
		for _, v := range values {
			if usable(v, log) {
				if at := a.fraction(v); !(at > -1e-6 && at < 1+1e-6) {
					t.Fatalf("%v (log %v, tight %v): %v is at %v of %+v", values, log, tight, v, at, a)
				}
			}
		}
	}
}
