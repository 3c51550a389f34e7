package plots

import (
	"math"
	"testing"
)

func TestSparkline(t *testing.T) {
	tests := []struct {
		values []float64
		width  int
		log    bool
		want   string
	}{
		{[]float64{1, 2, 3}, 10, false, "▁▅█"},
		{[]float64{3, math.NaN(), 1}, 10, false, "█ ▁"},
		{[]float64{1, 10, 100, 0}, 10, true, "▁▅█ "},
		{[]float64{5, 5}, 10, false, "▄▄"},
		{[]float64{0, 1, 2, 3, 4, 5, 6, 7, 8}, 3, false, "▁▅█"},
		{[]float64{-1e300, 1e300}, 3, false, "▁█"},
		{nil, 10, false, ""},
	}
	for _, test := range tests {
		if got := sparkline(test.values, test.width, test.log); got != test.want {
			t.Errorf("%v: %q, want %q", test.values, got, test.want)
		}
	}
}
