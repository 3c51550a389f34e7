package plots

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// marker is the shape of the marks on a line, by the line's place in the palette, so that lines can be told apart
// without colours. It implements draw.GlyphDrawer.
type marker int

// markerNames are the shapes' names in Vega-Lite.
var markerNames = []string{"circle", "square", "triangle-up", "diamond", "triangle-down", "cross", "triangle-left",
	"triangle-right"}

func (m marker) name() string { return markerNames[int(m)%len(markerNames)] }

// markerCorners has the corners of the shapes but the circle, for a radius of 1.
var markerCorners = map[string][]vg.Point{
	"square":         {{X: -0.9, Y: -0.9}, {X: 0.9, Y: -0.9}, {X: 0.9, Y: 0.9}, {X: -0.9, Y: 0.9}},
	"triangle-up":    {{X: -1.15, Y: -0.8}, {X: 1.15, Y: -0.8}, {X: 0, Y: 1.2}},
	"triangle-down":  {{X: -1.15, Y: 0.8}, {X: 1.15, Y: 0.8}, {X: 0, Y: -1.2}},
	"triangle-left":  {{X: 0.8, Y: -1.15}, {X: 0.8, Y: 1.15}, {X: -1.2, Y: 0}},
	"triangle-right": {{X: -0.8, Y: -1.15}, {X: -0.8, Y: 1.15}, {X: 1.2, Y: 0}},
	"diamond":        {{X: 0, Y: -1.4}, {X: 1.1, Y: 0}, {X: 0, Y: 1.4}, {X: -1.1, Y: 0}},
	"cross": {{X: -0.4, Y: -1.2}, {X: 0.4, Y: -1.2}, {X: 0.4, Y: -0.4}, {X: 1.2, Y: -0.4}, {X: 1.2, Y: 0.4},
		{X: 0.4, Y: 0.4}, {X: 0.4, Y: 1.2}, {X: -0.4, Y: 1.2}, {X: -0.4, Y: 0.4},
		{X: -1.2, Y: 0.4}, {X: -1.2, Y: -0.4}, {X: -0.4, Y: -0.4}},
}

// DrawGlyph draws the shape.
func (m marker) DrawGlyph(c *draw.Canvas, style draw.GlyphStyle, at vg.Point) {
	corners := markerCorners[m.name()]
	if corners == nil {
		draw.CircleGlyph{}.DrawGlyph(c, style, at)
		return
	}
	polygon := make([]vg.Point, len(corners))
	for i, corner := range corners {
		polygon[i] = vg.Point{X: at.X + corner.X*style.Radius, Y: at.Y + corner.Y*style.Radius}
	}
	c.FillPolygon(style.Color, polygon)
}

// marksOnLine is about how many marks a line has that is too long to mark each of its points.
const marksOnLine = 8

// marked returns which points of a part have a mark: all of a short line, some of a long one, none of a faint one. The
// marks of different lines lie at different places, so that lines which lie one on the other can still be told apart.
func (line curve) marked(part []point) []bool {
	marks := make([]bool, len(part))
	every := max(1, len(part)/marksOnLine)
	for i := range part {
		switch {
		case len(part) == 1, !line.faint && len(line.points) <= markedPoints:
			marks[i] = true
		case !line.faint:
			marks[i] = i%every == (every/2+line.color*every/3)%every
		}
	}
	return marks
}
