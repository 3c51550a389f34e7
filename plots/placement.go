package plots

// rectangle is in pixels, and its y axis points up.
type rectangle struct{ left, bottom, right, top float64 }

// overlaps reports whether two rectangles share an area.
func (r rectangle) overlaps(other rectangle) bool {
	return r.left < other.right && other.left < r.right && r.bottom < other.top && other.bottom < r.top
}

// inside reports whether a rectangle lies inside another.
func (r rectangle) inside(other rectangle) bool {
	return r.left >= other.left && r.right <= other.right && r.bottom >= other.bottom && r.top <= other.top
}

// label is a text at a place.
type label struct {
	text string
	at   point // the middle of the text
}

// placeLabels finds a place beside each named dot that overlaps no dot and no earlier label. It leaves out a name for
// which there is none. It tries the places around the dot, close to it and then further away, beginning at the right.
func placeLabels(plane rectangle, dots []point, names []string) []label {
	taken := make([]rectangle, len(dots))
	for i, dot := range dots {
		taken[i] = around(dot, dotRadius, dotRadius)
	}
	var placed []label
	for i, name := range names {
		if name == "" {
			continue
		}
		width, height := textWidth(name, tickSize)/2, tickSize/2+1.0
		for _, at := range places(dots[i], width, height) {
			place := around(at, width, height)
			if !place.inside(plane) || overlapsAny(place, taken) {
				continue
			}
			taken = append(taken, place)
			placed = append(placed, label{name, at})
			break
		}
	}
	return placed
}

// around returns the rectangle of half that width and height around a point.
func around(at point, width, height float64) rectangle {
	return rectangle{at.x - width, at.y - height, at.x + width, at.y + height}
}

// overlapsAny reports whether a rectangle overlaps one of several.
func overlapsAny(place rectangle, taken []rectangle) bool {
	for _, other := range taken {
		if place.overlaps(other) {
			return true
		}
	}
	return false
}

// places returns the middles at which a label of half that width and height is beside a dot.
func places(dot point, width, height float64) []point {
	var list []point
	for _, gap := range []float64{2, 7} {
		x, y := dotRadius+gap+width, dotRadius+gap/2+height
		list = append(list,
			point{dot.x + x, dot.y}, point{dot.x - x, dot.y},
			point{dot.x, dot.y + y}, point{dot.x, dot.y - y},
			point{dot.x + x - gap, dot.y + y - gap}, point{dot.x - x + gap, dot.y + y - gap},
			point{dot.x + x - gap, dot.y - y + gap}, point{dot.x - x + gap, dot.y - y + gap},
			point{dot.x + width/2, dot.y + y}, point{dot.x - width/2, dot.y + y},
			point{dot.x + width/2, dot.y - y}, point{dot.x - width/2, dot.y - y})
	}
	return list
}
