package plots

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Scatter shows points with their names beside them, such as word embeddings reduced to two dimensions. A name is left
// out if there is no free place for it. The Vega-Lite version shows it when the pointer is on the point.
type Scatter struct {
	Title, X, Y string // X and Y name the axes
	Points      []Point
}

// Point is one point of a Scatter. It is left out if X or Y is not finite.
type Point struct {
	X, Y  float64
	Label string // may be ""
	Group string // points of a group have the same colour; if all are "", there is no legend
}

func (c Scatter) size() (int, int) { return defaultWidth, 480 }

// points returns the points that can be drawn.
func (c Scatter) points() []Point {
	var points []Point
	for _, p := range c.Points {
		if usable(p.X, false) && usable(p.Y, false) {
			points = append(points, p)
		}
	}
	return points
}

// groups returns the groups' names in the order of first appearance, and the place of each in that order.
func (c Scatter) groups() ([]string, map[string]int) {
	var names []string
	place := map[string]int{}
	for _, p := range c.points() {
		if _, known := place[p.Group]; !known {
			place[p.Group] = len(names)
			names = append(names, p.Group)
		}
	}
	return names, place
}

// legend returns the legend of the groups.
func (c Scatter) legend() legend {
	var l legend
	names, _ := c.groups()
	for i, name := range names {
		l.entries = append(l.entries, legendEntry{name: name, color: seriesColor(i), box: true})
	}
	return l
}

// axes returns axes that leave a margin around the points for their names.
func (c Scatter) axes() (x, y axis) {
	var xs, ys []float64
	for _, p := range c.points() {
		xs, ys = append(xs, p.X), append(ys, p.Y)
	}
	return newAxis(c.X, widened(xs, 0.08), false, true), newAxis(c.Y, widened(ys, 0.05), false, true)
}

// widened adds two values, below and above the others by a share of their range.
func widened(values []float64, share float64) []float64 {
	if len(values) == 0 {
		return nil
	}
	lo, hi := values[0], values[0]
	for _, v := range values {
		lo, hi = min(lo, v), max(hi, v)
	}
	return append(values, lo-(hi-lo)*share, hi+(hi-lo)*share)
}

// dotRadius is the radius of a point in pixels.
const dotRadius = 4

// labels returns the names that have a place, in the units of the axes. They are placed on the part of the picture that
// axes and legend leave free.
func (c Scatter) labels() []label {
	x, y := c.axes()
	width, height := c.size()
	plane := rectangle{0, 0, float64(width) - 70 - c.legend().width(), float64(height) - 90}
	points := c.points()
	names, dots := make([]string, len(points)), make([]point, len(points))
	for i, p := range points {
		names[i] = p.Label
		if p.Label != "" {
			names[i] = visible(p.Label)
		}
		dots[i] = point{x.fraction(p.X) * plane.right, y.fraction(p.Y) * plane.top}
	}
	labels := placeLabels(plane, dots, names)
	for i := range labels { // back to the axes' units, which both renderers use
		labels[i].at.x = x.value(labels[i].at.x / plane.right)
		labels[i].at.y = y.value(labels[i].at.y / plane.top)
	}
	return labels
}

// Plot implements Chart. It fails if no point is finite.
func (c Scatter) Plot() (*plot.Plot, error) {
	if len(c.points()) == 0 {
		return nil, problem("scatter", c.Title, "none of its %d points is finite; nothing to draw", len(c.Points))
	}
	width, _ := c.size()
	p := newPlot(c.Title, width)
	addGrid(p, true, true)
	p.Add(scatterPlotter{c}, c.legend())
	x, y := c.axes()
	x.apply(&p.X)
	y.apply(&p.Y)
	return p, nil
}

// scatterPlotter draws the points on a canvas.
type scatterPlotter struct{ Scatter }

// Plot draws the points, then the names.
func (s scatterPlotter) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	_, place := s.groups()
	for _, v := range s.points() {
		dot := draw.GlyphStyle{Color: seriesColor(place[v.Group]), Radius: dotRadius * px, Shape: draw.CircleGlyph{}}
		c.DrawGlyph(dot, vg.Point{X: x(v.X), Y: y(v.Y)})
	}
	style := textStyle(tickSize, false)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for _, l := range s.labels() {
		c.FillText(style, vg.Point{X: x(l.at.x), Y: y(l.at.y) + 2*px}, l.text)
	}
}

// VegaLite implements Chart.
func (c Scatter) VegaLite() map[string]any {
	points, texts := []any{}, []any{}
	for _, p := range c.points() {
		points = append(points, map[string]any{"x": p.X, "y": p.Y, "label": p.Label, "group": p.Group})
	}
	for _, l := range c.labels() {
		texts = append(texts, map[string]any{"x": l.at.x, "y": l.at.y, "label": l.text})
	}
	width, height := c.size()
	spec := vegaBase(c.Title, width, height)
	x, y := c.axes()
	x.grid, y.grid = true, true
	spec["encoding"] = map[string]any{
		"x": x.vega(map[string]any{"field": "x"}),
		"y": y.vega(map[string]any{"field": "y"}),
	}
	names, _ := c.groups()
	colors := make([]any, len(names))
	for i := range colors {
		colors[i] = vegaColor(seriesColor(i))
	}
	about := tooltip("label", "", "group", "", "#x", c.X, "#y", c.Y)
	if c.legend().empty() {
		about = tooltip("label", "", "#x", c.X, "#y", c.Y)
		withoutLegend(spec)
	}
	spec["layer"] = []any{
		map[string]any{"data": map[string]any{"values": points},
			"mark": map[string]any{"type": "point", "filled": true, "opacity": 1, "size": 50},
			"encoding": map[string]any{"tooltip": about,
				"color": map[string]any{"field": "group", "type": "nominal", "title": "",
					"scale": map[string]any{"domain": anySlice(names), "range": colors}}}},
		map[string]any{"data": map[string]any{"values": texts},
			"mark":     map[string]any{"type": "text", "fontSize": tickSize, "color": pageInk},
			"encoding": map[string]any{"text": map[string]any{"field": "label", "type": "nominal"}}},
	}
	return spec
}

// Text implements Chart. It returns a table of the points.
func (c Scatter) Text() string {
	rows := [][]string{{"", c.X, c.Y}}
	for _, p := range c.points() {
		rows = append(rows, []string{visible(p.Label), shortNumber(p.X), shortNumber(p.Y)})
	}
	return titled(c.Title, table(rows))
}
