package plots

import (
	"image/color"
	"math"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// scene is a drawing that is not a chart of data: boxes, paths and words at places in pixels, with the y axis pointing
// down. Both renderers draw it alike.
type scene struct {
	title         string
	width, height float64
	boxes         []box
	paths         []path
	words         []word
}

// box is a rectangle with round corners.
type box struct {
	left, top, right, bottom float64
	color                    color.RGBA // of the outline
	tint                     float64    // how much of the colour the inside has, from 0 to 1
	radius                   float64    // of the corners
}

// path is a line through points. If arrow is true, its end has a head.
type path struct {
	points []point
	color  color.RGBA
	arrow  bool
}

// word is a text and a smaller subscript, which may be "", together centred at x, y.
type word struct {
	x, y            float64
	base, subscript string
	size            float64
	italic          bool
	color           color.RGBA
}

const arrowHead = 9 // pixels long

// style returns the style of the base.
func (w word) style() text.Style {
	style := textStyle(w.size, false)
	if w.italic {
		style.Font.Style = xfont.StyleItalic
	}
	style.Color = w.color
	return style
}

// subscriptStyle returns the style of the subscript.
func (w word) subscriptStyle() text.Style {
	style := w.style()
	style.Font.Size *= 0.72
	return style
}

// split returns the x at which the base ends and the subscript begins.
func (w word) split() float64 {
	base, subscript := float64(w.style().Width(w.base)/px), 0.0
	if w.subscript != "" {
		subscript = float64(w.subscriptStyle().Width(w.subscript) / px)
	}
	return w.x + (base-subscript)/2
}

// subscriptDrop returns how far the subscript is below the base, in pixels.
func (w word) subscriptDrop() float64 { return w.size * 0.3 }

// direction returns the direction of a path's end, in radians, clockwise from the right.
func (p path) direction() float64 {
	n := len(p.points)
	return math.Atan2(p.points[n-1].y-p.points[n-2].y, p.points[n-1].x-p.points[n-2].x)
}

// bezier returns points on a cubic curve.
func bezier(from, control1, control2, to point) []point {
	const steps = 32
	points := make([]point, steps+1)
	for i := range points {
		t := float64(i) / steps
		a, b, c, d := (1-t)*(1-t)*(1-t), 3*t*(1-t)*(1-t), 3*t*t*(1-t), t*t*t
		points[i] = point{a*from.x + b*control1.x + c*control2.x + d*to.x,
			a*from.y + b*control1.y + c*control2.y + d*to.y}
	}
	return points
}

// size returns the size of the whole picture: the scene, its title and the margins.
func (s scene) size() (width, height int) {
	title := 0.0
	if s.title != "" {
		title = 28 * float64(len(wrap(s.title, s.width-60)))
	}
	return int(s.width) + 16, int(s.height+title) + 16
}

// plot returns the scene for gonum/plot.
func (s scene) plot() *plot.Plot {
	p := newPlot(s.title, int(s.width))
	p.HideAxes()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, s.width, 0, s.height
	p.Add(scenePlotter{s})
	return p
}

// scenePlotter draws the scene on a canvas.
type scenePlotter struct{ scene }

// Plot draws the scene at its size in pixels, in the middle of the canvas.
func (s scenePlotter) Plot(c draw.Canvas, _ *plot.Plot) {
	center := c.Center()
	at := func(p point) vg.Point {
		return vg.Point{X: center.X + vg.Length(p.x-s.width/2)*px, Y: center.Y - vg.Length(p.y-s.height/2)*px}
	}
	all := func(points []point) []vg.Point {
		list := make([]vg.Point, len(points))
		for i, p := range points {
			list[i] = at(p)
		}
		return list
	}
	for _, p := range s.paths {
		c.StrokeLines(lineStyle(p.color, 1.6, false), all(p.shaft()))
		if p.arrow {
			c.FillPolygon(p.color, all(p.head()))
		}
	}
	for _, b := range s.boxes {
		outline := all(b.outline())
		c.FillPolygon(blend(white, b.color, b.tint), outline)
		c.SetLineStyle(lineStyle(b.color, 1.6, false))
		c.Stroke(closed(outline))
	}
	for _, w := range s.words {
		style := w.style()
		style.XAlign, style.YAlign = draw.XRight, draw.YCenter
		c.FillText(style, at(point{w.split(), w.y - w.size*0.16}), w.base)
		if w.subscript != "" {
			style = w.subscriptStyle()
			style.XAlign, style.YAlign = draw.XLeft, draw.YCenter
			c.FillText(style, at(point{w.split() + 1, w.y - w.size*0.12 + w.subscriptDrop()}), w.subscript)
		}
	}
}

// closed returns a closed path through the points. It skips a point that is in the same place as the one before it,
// which would draw a corner.
func closed(points []vg.Point) vg.Path {
	var p vg.Path
	last := points[len(points)-1]
	for i, v := range points {
		switch {
		case i == 0:
			p.Move(v)
		case math.Hypot(float64(v.X-last.X), float64(v.Y-last.Y)) > 1e-6 && i < len(points)-1:
			p.Line(v)
		}
		last = v
	}
	p.Close()
	return p
}

// shaft returns the line of a path. It ends inside the head, so that its blunt end does not show at the tip.
func (p path) shaft() []point {
	if !p.arrow {
		return p.points
	}
	points := append([]point(nil), p.points...)
	end, angle := &points[len(points)-1], p.direction()
	end.x -= math.Cos(angle) * arrowHead / 2
	end.y -= math.Sin(angle) * arrowHead / 2
	return points
}

// head returns the corners of the arrow's head.
func (p path) head() []point {
	tip, angle := p.points[len(p.points)-1], p.direction()
	back := point{tip.x - arrowHead*math.Cos(angle), tip.y - arrowHead*math.Sin(angle)}
	x, y := math.Sin(angle)*arrowHead*0.42, -math.Cos(angle)*arrowHead*0.42
	return []point{tip, {back.x + x, back.y + y}, {back.x - x, back.y - y}}
}

// outline returns the points around a box with round corners, beginning at the upper right one.
func (b box) outline() []point {
	var points []point
	radius := min(b.radius, (b.right-b.left)/2, (b.bottom-b.top)/2)
	centers := []point{{b.right - radius, b.top + radius}, {b.left + radius, b.top + radius},
		{b.left + radius, b.bottom - radius}, {b.right - radius, b.bottom - radius}}
	for corner, center := range centers {
		for i := range 13 {
			angle := math.Pi / 2 * (float64(corner) + float64(i)/12)
			points = append(points, point{center.x + radius*math.Cos(angle), center.y - radius*math.Sin(angle)})
		}
	}
	return points
}
