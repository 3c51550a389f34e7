package plots

import (
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colorBar is the key to the colours, to the right of the plot.
type colorBar struct {
	axis
	colors ramp
}

// GlyphBoxes reserves the bar's width to the right of the plot.
func (b colorBar) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{besides(b.width())}
}

// width returns the width of the bar with its title and numbers, in pixels.
func (b colorBar) width() float64 {
	return max(colorBarWidth, legendGap+textWidth(b.title, labelSize)*1.08) // bold
}

// Plot draws the bar.
func (b colorBar) Plot(c draw.Canvas, _ *plot.Plot) {
	left, top := c.Max.X+legendGap*px, c.Max.Y
	if b.title != "" {
		style := textStyle(labelSize, true)
		style.YAlign = draw.YTop
		c.FillText(style, vg.Point{X: left, Y: top}, b.title)
		top -= 22 * px
	}
	bottom := max(c.Min.Y, top-200*px)
	at := func(fraction float64) vg.Length { return bottom + vg.Length(fraction)*(top-bottom) }
	const slices = 96
	for i := range slices {
		from, to := float64(i)/slices, min(1, (float64(i)+1.3)/slices)
		fillRectangle(c, b.colors.at((from+to)/2), left, at(from), left+14*px, at(to))
	}
	style := textStyle(tickSize, false)
	style.YAlign = draw.YCenter
	last := bottom - 100*px
	for _, v := range b.ticks {
		if at(b.fraction(v))-last < 14*px { // no room for another number
			continue
		}
		last = at(b.fraction(v))
		c.FillText(style, vg.Point{X: left + 20*px, Y: at(b.fraction(v)) + 2*px}, b.label(v))
	}
}

// shades returns the colours of a value and of the text on it.
func shades(a axis, colors ramp, v float64) (fill, text color.RGBA) {
	fill, text = missing, ink
	if !math.IsNaN(v) {
		fill = colors.at(a.fraction(v))
	}
	if isDark(fill) {
		text = white
	}
	return fill, text
}

// vegaRamp returns the colour channel of Vega-Lite with the same colours, ticks and length.
func vegaRamp(a axis, colors ramp, height float64) map[string]any {
	key := map[string]any{"values": anySlice(a.ticks), "gradientLength": max(40, min(200, height))}
	return map[string]any{"field": "value", "type": "quantitative", "title": a.title,
		"scale": map[string]any{"domain": anySlice(spread(a.lo, a.hi, len(colors))), "range": colors.hexes(),
			"interpolate": "rgb", "clamp": true},
		"legend": a.vegaNumbers(key)}
}

// spread returns n numbers at equal distances from lo to hi.
func spread(lo, hi float64, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = lo + (hi-lo)*float64(i)/float64(n-1)
	}
	return values
}
