package plots

import (
	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// legend lists names to the right of the plot, as Vega-Lite does. It is a plotter that reserves its width by a glyph
// box at the right edge.
type legend struct {
	title   string
	entries []legendEntry
}

// legendEntry is one line of a legend.
type legendEntry struct {
	name   string
	color  color.RGBA
	dashed bool
	box    bool // a filled box; otherwise a line
	line   bool // the line has a marker
	marker marker
}

const legendGap = 14 // pixels between plot and legend

// icon returns the width of the sign before the name, in pixels, with the space after it.
func (e legendEntry) icon() float64 {
	if e.box {
		return 18
	}
	return 26
}

// empty reports whether no entry has a name.
func (l legend) empty() bool {
	for _, entry := range l.entries {
		if entry.name != "" {
			return false
		}
	}
	return true
}

// width returns the width of the legend and of the gap before it, in pixels.
func (l legend) width() float64 {
	if l.empty() {
		return 0
	}
	width := textWidth(l.title, labelSize) * 1.08 // bold
	for _, entry := range l.entries {
		width = max(width, entry.icon()+textWidth(visible(entry.name), tickSize))
	}
	return legendGap + width
}

// GlyphBoxes reserves the legend's width to the right of the plot.
func (l legend) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{besides(l.width())}
}

// besides reserves a width in pixels to the right of the plot.
func besides(width float64) plot.GlyphBox {
	return plot.GlyphBox{X: 1, Y: 0.5, Rectangle: vg.Rectangle{Max: vg.Point{X: vg.Length(width) * px}}}
}

// Plot draws the legend.
func (l legend) Plot(c draw.Canvas, _ *plot.Plot) {
	if l.empty() {
		return
	}
	left, y := c.Max.X+legendGap*px, c.Max.Y
	if l.title != "" {
		style := textStyle(labelSize, true)
		style.YAlign = draw.YTop
		c.FillText(style, vg.Point{X: left, Y: y}, l.title)
		y -= 20 * px
	}
	style := textStyle(tickSize, false)
	style.YAlign = draw.YCenter
	for _, entry := range l.entries {
		middle := y - 8*px
		if entry.box {
			fillRectangle(c, entry.color, left, middle-5*px, left+12*px, middle+5*px)
		} else {
			right := left + vg.Length(entry.icon()-6)*px
			c.StrokeLine2(lineStyle(entry.color, 2, entry.dashed), left, middle, right, middle)
			if entry.line {
				style := draw.GlyphStyle{Color: entry.color, Radius: 3.5 * px}
				entry.marker.DrawGlyph(&c, style, vg.Point{X: (left + right) / 2, Y: middle})
			}
		}
		c.FillText(style, vg.Point{X: left + vg.Length(entry.icon())*px, Y: middle + 2*px}, visible(entry.name))
		y -= 17 * px
	}
}

// lineStyle returns a stroke of a width in pixels.
func lineStyle(c color.Color, width float64, dashed bool) draw.LineStyle {
	style := draw.LineStyle{Color: c, Width: vg.Length(width) * px}
	if dashed {
		style.Dashes = []vg.Length{5 * px, 3 * px}
	}
	return style
}

// fillRectangle fills a rectangle with a colour.
func fillRectangle(c draw.Canvas, fill color.Color, left, bottom, right, top vg.Length) {
	c.FillPolygon(fill, []vg.Point{
		{X: left, Y: bottom}, {X: right, Y: bottom}, {X: right, Y: top}, {X: left, Y: top},
	})
}
