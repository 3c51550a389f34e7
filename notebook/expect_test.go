package notebook

import (
	"math"
	"reflect"
	"testing"
)

func ExampleExpect() {
	Expect("sigmoid(0)", 0.5000001, 0.5, 1e-6)
	Expect("softmax of equal logits", []float64{0, 0}, []float64{0.5, 0.5}, 1e-6)
	Expect("the first token", "once", "once", 0)
	Expect("the last words", []string{"the", "forest"}, []string{"the", "creatures"}, 0)
	// Output:
	// ✓ sigmoid(0)
	// ✗ softmax of equal logits: got [0 0], want [0.5 0.5]
	// ✓ the first token
	// ✗ the last words: got ["the" "forest"], want ["the" "creatures"]
}

func TestNear(t *testing.T) {
	nan := math.NaN()
	tests := []struct {
		got, want any
		near      bool
	}{
		{1.0, 1.05, true}, {1.0, 1.2, false}, {nan, 1.0, false}, {1.0, nan, false}, {math.Inf(1), math.Inf(1), true},
		{1, 1, true}, {1, 2, false}, {1, 1.0, false}, {float32(1), float32(1.05), true},
		{[]float64{1, 2}, []float64{1, 2.05}, true}, {[]float64{1}, []float64{1, 2}, false},
		{[][]float64{{1}, {2}}, [][]float64{{1}, {3}}, false}, {[2]int{1, 2}, [2]int{1, 2}, true},
		{[]string{"a"}, []string{"a"}, true}, {"a", "b", false}, {nil, nil, true}, {nil, 1, false}, {true, true, true},
	}
	for _, test := range tests {
		if got := near(reflect.ValueOf(test.got), reflect.ValueOf(test.want), 0.1); got != test.near {
			t.Errorf("near(%v, %v) is %v, want %v", test.got, test.want, got, test.near)
		}
	}
}

func ExampleExpect_integers() {
	Expect("the number of windows", 0, 38, 0)
	Expect("ids", []int32{1}, []int32{1, 2}, 0)
	// Output:
	// ✗ the number of windows: got 0, want 38
	// ✗ ids: got [1], want [1 2]
}
