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
			entry := legendEntry{name: line.name, color: seriesColor(line.color), dashed: line.dashed,
				line: true, marker: marker(line.color)}
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
			var marks plotter.XYs
			for i, marked := range line.marked(part) {
				if marked {
					marks = append(marks, points[i])
				}
			}
			style := draw.GlyphStyle{Color: color, Radius: 3.5 * px, Shape: marker(line.color)}
			p.Add(&plotter.Scatter{XYs: marks, GlyphStyle: style})
		}
	}
	p.Add(c.legend())
	return p, nil
}
