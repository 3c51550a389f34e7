package plots

import (
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Words shows a text with a colour behind each token, such as the surprise of a model at the token.
type Words struct {
	Title  string
	Tokens []string  // in reading order; a line ends where it is full and after a "\n"
	Values []float64 // one for each token; a value that is not finite is grey
	Value  string    // names the colour scale; "" is "surprise (nats)"
	// Min and Max are the ends of the colour scale. If both are 0, the scale goes from the smallest to the largest
	// value, and includes 0 if a value is positive.
	Min, Max float64
}

const lineHeight, wordsSize = 26, 13 // pixels

// placedWord is a token in its box, in pixels, with the y axis pointing down.
type placedWord struct {
	box   rectangle
	text  string
	value float64
}

// title returns the title of the colour scale.
func (c Words) title() string {
	if c.Value == "" {
		return "surprise (nats)"
	}
	return c.Value
}

// place breaks the tokens into lines. The bottom of a box is its lower edge, whose y is larger.
func (c Words) place() (words []placedWord, height float64) {
	const widest = 660.0
	x, y := 0.0, 0.0
	for i, token := range c.Tokens {
		text, value := visible(token), math.NaN()
		if i < len(c.Values) && usable(c.Values[i], false) {
			value = c.Values[i]
		}
		width := textWidth(text, wordsSize) + 8
		if x > 0 && x+width > widest {
			x, y = 0, y+lineHeight
		}
		words = append(words, placedWord{rectangle{x, y + lineHeight - 4, x + width, y}, text, value})
		x += width + 2
		if token == "\n" {
			x, y = 0, y+lineHeight
		}
	}
	return words, max(y+lineHeight, 130)
}

// scale returns the axis of the colours and the colours along it.
func (c Words) scale() (axis, ramp) {
	values := []float64{c.Min, c.Max}
	if c.Min == 0 && c.Max == 0 {
		values = nil
		for _, v := range c.Values {
			values = append(values, v)
			if usable(v, false) && v > 0 {
				values = append(values, 0)
			}
		}
	}
	return newAxis(c.title(), values, false, true), sequential[:6] // the text on it is always dark
}

// right returns the width that the key to the colours needs, in pixels.
func (c Words) right() float64 { return colorBar{axis: axis{title: c.title()}}.width() }

func (c Words) size() (width, height int) {
	_, inner := c.place()
	title := 0.0
	if c.Title != "" {
		title = 32 * float64(len(wrap(c.Title, 600)))
	}
	return 660 + int(c.right()) + 20, int(inner+title) + 20
}

// Plot implements Chart. It fails if there is not one value for each token, if none is finite, or if Min and Max are no
// range.
func (c Words) Plot() (*plot.Plot, error) {
	if len(c.Tokens) == 0 || len(c.Tokens) != len(c.Values) {
		return nil, problem("words", c.Title, "it has %d tokens and %d values; give equally many, at least one",
			len(c.Tokens), len(c.Values))
	}
	if !usable(c.Min, false) || !usable(c.Max, false) || c.Min > c.Max {
		return nil, problem("words", c.Title, rangeProblem, c.Min, c.Max)
	}
	finite := false
	for _, v := range c.Values {
		finite = finite || usable(v, false)
	}
	if !finite {
		return nil, problem("words", c.Title, "no value is finite; nothing to colour")
	}
	p := newPlot(c.Title, 660)
	p.HideAxes()
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	a, colors := c.scale()
	p.Add(wordsPlotter{c}, colorBar{a, colors})
	return p, nil
}

// wordsPlotter draws the words on a canvas.
type wordsPlotter struct{ Words }

// Plot draws each token on its colour.
func (w wordsPlotter) Plot(c draw.Canvas, _ *plot.Plot) {
	a, colors := w.scale()
	words, _ := w.place()
	style := textStyle(wordsSize, false)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for _, word := range words {
		fill, letters := shades(a, colors, word.value)
		left, right := c.Min.X+vg.Length(word.box.left)*px, c.Min.X+vg.Length(word.box.right)*px
		bottom, top := c.Max.Y-vg.Length(word.box.bottom)*px, c.Max.Y-vg.Length(word.box.top)*px
		fillRectangle(c, fill, left, bottom, right, top)
		style.Color = letters
		c.FillText(style, vg.Point{X: (left + right) / 2, Y: (bottom+top)/2 + 2*px}, word.text)
	}
}

// VegaLite implements Chart.
func (c Words) VegaLite() map[string]any {
	words, height := c.place()
	a, colors := c.scale()
	rows, grey := []any{}, []any{}
	for _, word := range words {
		b := word.box
		row := map[string]any{"x": b.left, "x2": b.right, "y": b.top, "y2": b.bottom,
			"middle": (b.left + b.right) / 2, "line": (b.top + b.bottom) / 2, "token": word.text}
		if math.IsNaN(word.value) {
			grey = append(grey, row)
			continue
		}
		row["value"] = word.value
		rows = append(rows, row)
	}
	area := scene{width: 662, height: height}
	spec := vegaBase(c.Title, int(area.width), int(height))
	spec["autosize"] = "pad"
	spec["config"].(map[string]any)["axis"].(map[string]any)["disable"] = true
	place := map[string]any{"x": area.pixels("x", area.width, false), "y": area.pixels("y", height, true),
		"x2": map[string]any{"field": "x2"}, "y2": map[string]any{"field": "y2"}}
	middle := map[string]any{"x": area.pixels("middle", area.width, false), "y": area.pixels("line", height, true),
		"text": map[string]any{"field": "token", "type": "nominal"}}
	colored := map[string]any{
		"tooltip": tooltip("token", "", "#value", c.title()), "color": vegaRamp(a, colors, height-40),
	}
	for channel, definition := range place {
		colored[channel] = definition
	}
	texts := map[string]any{"type": "text", "fontSize": wordsSize, "color": hex(ink)}
	spec["layer"] = []any{
		vegaLayer(rows, map[string]any{"type": "rect"}, colored),
		vegaLayer(grey, map[string]any{"type": "rect", "color": hex(missing)}, place),
		vegaLayer(append(rows[:len(rows):len(rows)], grey...), texts, middle),
	}
	return spec
}

// Text implements Chart. It returns a line for each token.
func (c Words) Text() string {
	rows := [][]string{{"", c.title()}}
	words, _ := c.place()
	for _, word := range words {
		value := "-"
		if !math.IsNaN(word.value) {
			value = shortNumber(word.value)
		}
		rows = append(rows, []string{word.text, value})
	}
	return titled(c.Title, table(rows))
}
