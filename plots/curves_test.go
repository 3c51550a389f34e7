package plots

import (
	"math"
	"slices"
	"testing"
)

func TestThinKeepsExtremes(t *testing.T) {
	points := make([]point, 100_000)
	for i := range points {
		points[i] = point{float64(i), math.Sin(float64(i) / 1000)}
	}
	points[54_321].y = 9
	thinned := thin(points, mostPoints)
	if len(thinned) > mostPoints+2 || thinned[0] != points[0] || thinned[len(thinned)-1] != points[len(points)-1] {
		t.Errorf("%d points from %v to %v", len(thinned), thinned[0], thinned[len(thinned)-1])
	}
	if !slices.Contains(thinned, points[54_321]) {
		t.Error("the highest point is lost")
	}
	if !slices.IsSortedFunc(thinned, func(a, b point) int { return int(a.x - b.x) }) {
		t.Error("points are out of order")
	}
}

func TestNumbered(t *testing.T) {
	got := numbered([]string{"a", "b", "a", "a (2)", "a"})
	if want := []string{"a", "b", "a (3)", "a (2)", "a (4)"}; !slices.Equal(got, want) {
		// a (2) is taken, so the second a becomes a (3)
		t.Errorf("got %v, want %v", got, want)
	}
}
