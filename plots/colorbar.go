package plots

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// colorBar is the key to the colours, to the right of the plot.
type colorBar struct {
	axis
	colors ramp
}

func (b colorBar) GlyphBoxes(*plot.Plot) []plot.GlyphBox {
	return []plot.GlyphBox{besides(max(colorBarWidth, legendGap+textWidth(b.title, labelSize)*1.08))}
}

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
	for _, v := range b.ticks {
		c.FillText(style, vg.Point{X: left + 20*px, Y: at(b.fraction(v)) + 2*px}, b.label(v))
	}
}
