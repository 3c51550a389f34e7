package plots

import (
	"fmt"
	"image/color"
	"math"
)

// okabeIto lists the colours of Okabe and Ito (2008), "Color Universal Design". The first ones differ most on white;
// black and yellow come last.
var okabeIto = []color.RGBA{
	{0x00, 0x72, 0xB2, 0xFF}, // blue
	{0xD5, 0x5E, 0x00, 0xFF}, // vermillion
	{0x00, 0x9E, 0x73, 0xFF}, // bluish green
	{0xCC, 0x79, 0xA7, 0xFF}, // reddish purple
	{0xE6, 0x9F, 0x00, 0xFF}, // orange
	{0x56, 0xB4, 0xE9, 0xFF}, // sky blue
	black,
	{0xF0, 0xE4, 0x42, 0xFF}, // yellow
}

var (
	black    = color.RGBA{0x00, 0x00, 0x00, 0xFF}
	white    = color.RGBA{0xFF, 0xFF, 0xFF, 0xFF}
	ink      = color.RGBA{0x22, 0x22, 0x22, 0xFF} // text
	axisGrey = color.RGBA{0x88, 0x88, 0x88, 0xFF}
	gridGrey = color.RGBA{0xE3, 0xE3, 0xE3, 0xFF}
	missing  = color.RGBA{0xEE, 0xEE, 0xEE, 0xFF} // a cell without a value
)

// seriesColor returns the colour of a series. After the last colour the first one follows.
func seriesColor(i int) color.RGBA { return okabeIto[i%len(okabeIto)] }

// hex returns a colour as #rrggbb.
func hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// pageInk makes Vega-Lite draw in the colour of the text around the chart, which is dark on a light page and light on a
// dark one.
const pageInk = "currentColor"

// vegaColor returns a colour for Vega-Lite: pageInk for text and black, which a dark page would hide, else #rrggbb.
func vegaColor(c color.RGBA) string {
	if c == ink || c == black {
		return pageInk
	}
	return hex(c)
}

// blend returns a colour between a (t=0) and b (t=1).
func blend(a, b color.RGBA, t float64) color.RGBA {
	mix := func(from, to uint8) uint8 {
		return uint8(math.Round(float64(from)*(1-t) + float64(to)*t))
	}
	return color.RGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xFF}
}

// ramp is a colour scale: evenly spaced colours, interpolated linearly in RGB.
type ramp []color.RGBA

var (
	// sequential gets darker as the value grows (ColorBrewer's Blues).
	sequential = ramp{
		{0xF7, 0xFB, 0xFF, 0xFF}, {0xDE, 0xEB, 0xF7, 0xFF}, {0xC6, 0xDB, 0xEF, 0xFF},
		{0x9E, 0xCA, 0xE1, 0xFF}, {0x6B, 0xAE, 0xD6, 0xFF}, {0x42, 0x92, 0xC6, 0xFF},
		{0x21, 0x71, 0xB5, 0xFF}, {0x08, 0x51, 0x9C, 0xFF}, {0x08, 0x30, 0x6B, 0xFF},
	}
	// diverging has white in the middle, vermillion below and blue above.
	diverging = ramp{
		{0x9C, 0x41, 0x00, 0xFF}, {0xD5, 0x5E, 0x00, 0xFF}, {0xF2, 0xBC, 0x93, 0xFF},
		{0xFF, 0xFF, 0xFF, 0xFF},
		{0x93, 0xC4, 0xE3, 0xFF}, {0x00, 0x72, 0xB2, 0xFF}, {0x00, 0x49, 0x75, 0xFF},
	}
)

// at returns the colour at t in [0,1]. It clamps other values.
func (r ramp) at(t float64) color.RGBA {
	position := math.Min(math.Max(t, 0), 1) * float64(len(r)-1)
	i := min(int(position), len(r)-2)
	return blend(r[i], r[i+1], position-float64(i))
}

// hexes returns the colours as Vega-Lite expects them.
func (r ramp) hexes() []any {
	colors := make([]any, len(r))
	for i, c := range r {
		colors[i] = hex(c)
	}
	return colors
}

// isDark reports whether white text is more readable on c than black text (relative luminance of WCAG 2).
func isDark(c color.RGBA) bool {
	linear := func(v uint8) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R)+0.7152*linear(c.G)+0.0722*linear(c.B) < 0.25
}
