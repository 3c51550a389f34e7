package plots

import (
	"math/rand/v2"
	"testing"
)

func TestPlaceLabels(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	plane := rectangle{0, 0, 500, 350}
	var dots []point
	var names []string
	for range 60 {
		dots = append(dots, point{random.Float64() * 500, random.Float64() * 350})
		names = append(names, "gathered")
	}
	placed := placeLabels(plane, dots, names)
	if len(placed) < 40 {
		t.Errorf("only %d of 60 labels have a place", len(placed))
	}
	var taken []rectangle
	for _, dot := range dots {
		taken = append(taken, around(dot, dotRadius, dotRadius))
	}
	for _, l := range placed {
		place := around(l.at, textWidth(l.text, tickSize)/2, tickSize/2+1)
		if overlapsAny(place, taken) || !place.inside(plane) {
			t.Errorf("a label at %v overlaps or leaves the plane", l.at)
		}
		taken = append(taken, place)
	}
}
