package plots

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg/draw"
)

// curves is a chart of lines. Lines, Loss and Live convert themselves to it, and the renderers draw it.
type curves struct {
	kind, title, x, y string
	logX, logY        bool
	lines             []curve
}

type curve struct {
	name          string
	color         int // place in the palette
	dashed, faint bool
	points        []point // a point that is not usable is a gap
}

type point struct{ x, y float64 }

// mostPoints is how many points of a curve are drawn. A longer curve keeps the extremes of each stretch.
const mostPoints = 1000

// markedPoints is the length up to which each point of a curve is marked with a dot.
const markedPoints = 25

// parts splits a curve at its gaps and thins each part out.
func (c curves) parts(line curve) [][]point {
	var parts [][]point
	gap := true
	for _, p := range line.points {
		if !usable(p.x, c.logX) || !usable(p.y, c.logY) {
			gap = true
			continue
		}
		if gap {
			parts = append(parts, nil)
		}
		gap = false
		parts[len(parts)-1] = append(parts[len(parts)-1], p)
	}
	for i, part := range parts {
		parts[i] = thin(part, mostPoints*len(part)/max(1, len(line.points)))
	}
	return parts
}

// thin keeps about most points: the first, the last, and between them the lowest and highest of each stretch.
func thin(points []point, most int) []point {
	stretches := max(1, most/2)
	if len(points) <= 2*stretches+2 {
		return points
	}
	inner := points[1 : len(points)-1]
	kept := []point{points[0]}
	for s := range stretches {
		from, to := s*len(inner)/stretches, (s+1)*len(inner)/stretches
		low, high := from, from
		for i := from; i < to; i++ {
			if inner[i].y < inner[low].y {
				low = i
			}
			if inner[i].y > inner[high].y {
				high = i
			}
		}
		kept = append(kept, inner[min(low, high)])
		if low != high {
			kept = append(kept, inner[max(low, high)])
		}
	}
	return append(kept, points[len(points)-1])
}

// dotted reports whether the points of a part are marked with dots. They are if the curve is short, or if the part is a
// single point, which no line shows.
func (line curve) dotted(part []point) bool {
	return !line.faint && len(line.points) <= markedPoints || len(part) == 1
}

func (c curves) size() (int, int) { return defaultWidth, defaultHeight }

// check returns an error that says why nothing can be drawn, or nil.
func (c curves) check() error {
	for _, line := range c.lines {
		if len(c.parts(line)) > 0 {
			return nil
		}
	}
	switch {
	case len(c.lines) == 0:
		return problem(c.kind, c.title, "it has no series; give at least one")
	case c.logX || c.logY:
		return problem(c.kind, c.title, "no point has finite values that are positive on the logarithmic axis; "+
			"use a linear axis or other values")
	}
	return problem(c.kind, c.title, "no point has finite values; nothing to draw")
}

// axes returns axes that fit the points.
func (c curves) axes() (x, y axis) {
	var xs, ys []float64
	for _, line := range c.lines {
		for _, part := range c.parts(line) {
			for _, p := range part {
				xs, ys = append(xs, p.x), append(ys, p.y)
			}
		}
	}
	x, y = newAxis(c.x, xs, c.logX, true), newAxis(c.y, ys, c.logY, false)
	y.grid = true
	return x, y
}

// legend returns a legend with one entry for each name, drawn like the first line of that name that is not faint.
func (c curves) legend() legend {
	var l legend
	place := map[string]int{}
	for _, faint := range []bool{false, true} {
		for _, line := range c.lines {
			if _, known := place[line.name]; known || line.faint != faint {
				continue
			}
			place[line.name] = len(l.entries)
			entry := legendEntry{name: line.name, color: seriesColor(line.color), dashed: line.dashed}
			l.entries = append(l.entries, entry)
		}
	}
	return l
}

// plot returns the chart for gonum/plot.
func (c curves) plot() (*plot.Plot, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	p := newPlot(c.title, defaultWidth)
	addGrid(p, false, true)
	x, y := c.axes()
	x.apply(&p.X)
	y.apply(&p.Y)
	for _, line := range c.lines {
		color, width := seriesColor(line.color), 2.0
		if line.faint {
			color, width = blend(white, color, 0.4), 1
		}
		for _, part := range c.parts(line) {
			points := make(plotter.XYs, len(part))
			for i, v := range part {
				points[i] = plotter.XY{X: x.coordinate(v.x), Y: y.coordinate(v.y)}
			}
			p.Add(&plotter.Line{XYs: points, LineStyle: lineStyle(color, width, line.dashed)})
			if line.dotted(part) {
				dot := draw.GlyphStyle{Color: color, Radius: 3 * px, Shape: draw.CircleGlyph{}}
				p.Add(&plotter.Scatter{XYs: points, GlyphStyle: dot})
			}
		}
	}
	p.Add(c.legend())
	return p, nil
}

// vega returns the chart for Vega-Lite: faint lines, lines and dots are three layers over one table of points.
func (c curves) vega() map[string]any {
	rows := []any{}
	for i, line := range c.lines {
		layer := "line"
		if line.faint {
			layer = "faint"
		}
		for part, points := range c.parts(line) {
			dot := line.dotted(points)
			for _, p := range points {
				rows = append(rows, map[string]any{"x": p.x, "y": p.y, "series": line.name,
					"layer": layer, "dot": dot, "part": i*1000000 + part})
			}
		}
	}
	x, y := c.axes()
	spec := vegaBase(c.title, defaultWidth, defaultHeight)
	if c.legend().empty() {
		withoutLegend(spec)
	}
	spec["data"] = map[string]any{"values": rows}
	spec["encoding"] = map[string]any{
		"x":       x.vega(map[string]any{"field": "x"}),
		"y":       y.vega(map[string]any{"field": "y"}),
		"color":   c.vegaColor(),
		"tooltip": tooltip("series", "", "#x", c.x, "#y", c.y),
	}
	pick := []any{map[string]any{"name": "pick", "bind": "legend",
		"select": map[string]any{"type": "point", "fields": []any{"series"}}}}
	// Thick rings instead of filled dots, because then the legend draws both like the line.
	dots := map[string]any{"type": "point", "filled": false, "size": 8, "strokeWidth": 3}
	spec["layer"] = []any{
		c.vegaLayer("datum.layer === 'faint'", map[string]any{"type": "line", "strokeWidth": 1}, 0.4, nil),
		c.vegaLayer("datum.layer === 'line'", map[string]any{"type": "line", "strokeWidth": 2}, 1, pick),
		c.vegaLayer("datum.dot", dots, 1, nil),
	}
	return spec
}

// vegaLayer returns a layer with the rows that pass a filter. A click in the legend fades all other names.
func (c curves) vegaLayer(filter string, mark map[string]any, opacity float64, params []any) map[string]any {
	encoding := map[string]any{"opacity": map[string]any{
		"condition": map[string]any{"param": "pick", "value": opacity}, "value": opacity / 8,
	}}
	if mark["type"] == "line" {
		encoding["detail"] = map[string]any{"field": "part", "type": "nominal"}
		var names, dashes []any
		for _, entry := range c.legend().entries {
			dash := []any{1, 0}
			if entry.dashed {
				dash = []any{5, 3}
			}
			names, dashes = append(names, entry.name), append(dashes, dash)
		}
		if opacity == 1 && len(names) > 0 {
			encoding["strokeDash"] = map[string]any{"field": "series", "type": "nominal", "title": "",
				"scale": map[string]any{"domain": names, "range": dashes}}
		}
	}
	layer := map[string]any{"mark": mark, "encoding": encoding,
		"transform": []any{map[string]any{"filter": filter}}}
	if params != nil {
		layer["params"] = params
	}
	return layer
}

// vegaColor returns the colour channel, with the colours of the legend.
func (c curves) vegaColor() map[string]any {
	l := c.legend()
	var names, colors []any
	for _, entry := range l.entries {
		names, colors = append(names, entry.name), append(colors, vegaColor(entry.color))
	}
	channel := map[string]any{"field": "series", "type": "nominal", "title": ""}
	if !l.empty() {
		channel["legend"] = map[string]any{"symbolType": "stroke", "symbolOpacity": 1, "symbolSize": 250}
	}
	if len(names) > 0 {
		channel["scale"] = map[string]any{"domain": names, "range": colors}
	}
	return channel
}
