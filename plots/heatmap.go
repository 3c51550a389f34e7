package plots

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// HeatMap shows a matrix as coloured cells, the first row on top: the similarity of embeddings, the values of gates
// over a text, a grid of temperature and top-p.
type HeatMap struct {
	Title         string
	X, Y          string // name the axes of columns and rows; may be ""
	Rows, Columns []string
	Values        [][]float64 // [row][column]; a value that is not finite is a grey cell
	Format        string      // writes each value in its cell, such as "%.2f"; "" writes none
	Value         string      // names the colour scale; may be ""
	Min, Max      float64     // ends of the colour scale; if both are 0, those of the values
	// Diverging chooses colours from vermillion through white to blue, for values of both signs. White is zero, unless
	// Min and Max are given. Otherwise the colours go from white to dark blue.
	Diverging bool
}

// value returns the value of a cell, NaN if the row is too short or the value is not finite.
func (c HeatMap) value(row, column int) float64 {
	if row >= len(c.Values) || column >= len(c.Values[row]) || !usable(c.Values[row][column], false) {
		return math.NaN()
	}
	return c.Values[row][column]
}

// scale returns the axis of the colours and the colours along it.
func (c HeatMap) scale() (axis, ramp) {
	colors := sequential
	if c.Diverging {
		colors = diverging
	}
	values := []float64{c.Min, c.Max}
	if c.Min == 0 && c.Max == 0 {
		for row := range c.Rows {
			for column := range c.Columns {
				v := c.value(row, column)
				if row == 0 && column == 0 {
					values = nil
				}
				values = append(values, v)
				if c.Diverging {
					values = append(values, -v)
				}
			}
		}
	}
	return newAxis(c.Value, values, false, true), colors
}

// cellText returns the text in the cell of a value.
func (c HeatMap) cellText(v float64) string {
	if c.Format == "" || math.IsNaN(v) {
		return ""
	}
	return fmt.Sprintf(c.Format, v)
}

// cell returns the size of a cell in pixels. It has room for the cell's text, and keeps the picture from becoming too
// small or too large.
func (c HeatMap) cell() (width, height float64) {
	width = min(40, max(14, 480/float64(max(1, len(c.Columns)))))
	height = min(width, 32)
	for row := range c.Rows {
		for column := range c.Columns {
			width = max(width, textWidth(c.cellText(c.value(row, column)), tickSize)+12)
		}
	}
	if c.Format != "" {
		height = max(height, 26)
	}
	return width, height
}

const colorBarWidth = 70 // pixels, with the numbers beside it

// size returns a size that fits the cells and the labels around them.
func (c HeatMap) size() (width, height int) {
	cellWidth, cellHeight := c.cell()
	left := widest(visibleAll(c.Rows), tickSize) + 40
	below := 60.0
	if c.slanted() {
		below += widest(visibleAll(c.Columns), tickSize) * 0.7
	}
	inner := cellWidth * float64(len(c.Columns))
	width = int(left + inner + colorBarWidth + max(0, textWidth(c.Value, labelSize)-40) + 16)
	height = int(below + cellHeight*float64(len(c.Rows)) + 36*float64(len(wrap(c.Title, 400))))
	return min(4000, max(360, width)), min(4000, max(200, height))
}

// slanted reports whether the labels of the columns must be turned to fit beside one another.
func (c HeatMap) slanted() bool {
	width, _ := c.cell()
	return widest(visibleAll(c.Columns), tickSize)+6 > width
}

// check returns an error that says why the chart cannot be drawn, or nil.
func (c HeatMap) check() error {
	if len(c.Rows) == 0 || len(c.Columns) == 0 {
		return problem("heat map", c.Title, "it has %d rows and %d columns; give names for at least one of each",
			len(c.Rows), len(c.Columns))
	}
	if len(c.Values) != len(c.Rows) {
		return problem("heat map", c.Title, "Values has %d rows, Rows %d names; give equally many",
			len(c.Values), len(c.Rows))
	}
	if !usable(c.Min, false) || !usable(c.Max, false) || c.Min > c.Max {
		return problem("heat map", c.Title, rangeProblem, c.Min, c.Max)
	}
	finite := false
	for row, values := range c.Values {
		if len(values) != len(c.Columns) {
			return problem("heat map", c.Title, "row %d (%q) has %d values for %d columns; give one for each",
				row, c.Rows[row], len(values), len(c.Columns))
		}
		for column := range values {
			finite = finite || !math.IsNaN(c.value(row, column))
		}
	}
	if !finite {
		return problem("heat map", c.Title, "no value is finite; nothing to draw")
	}
	return nil
}

// rangeProblem is the error of Min and Max that are not the ends of a scale.
const rangeProblem = "Min %v and Max %v are no range of colours; give finite numbers, the smaller first"

// Plot implements Chart. It fails if Values does not fit Rows and Columns, if Min and Max are no range, or if no value
// is finite.
func (c HeatMap) Plot() (*plot.Plot, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	width, _ := c.size()
	p := newPlot(c.Title, width)
	a, colors := c.scale()
	p.Add(cells{c}, colorBar{a, colors})
	categories(&p.X, visibleAll(c.Columns), c.X)
	categories(&p.Y, visibleAll(c.Rows), c.Y)
	p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
	if c.slanted() {
		slant(&p.X)
	}
	return p, nil
}

// cells draws the cells on a canvas.
type cells struct{ HeatMap }

// Plot draws the cells. Each one extends a little below its right and lower neighbours, so that no gap shows between
// them.
func (h cells) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	a, colors := h.scale()
	style := textStyle(tickSize, false)
	style.XAlign, style.YAlign = draw.XCenter, draw.YCenter
	for row := range h.Rows {
		for column := range h.Columns {
			v := h.value(row, column)
			fill, letters := shades(a, colors, v)
			i, j := float64(column), float64(row)
			right := min(c.Max.X, x(i+0.5)+0.5*px)
			fillRectangle(c, fill, x(i-0.5), max(c.Min.Y, y(j+0.5)-0.5*px), right, y(j-0.5))
			if s := h.cellText(v); s != "" {
				style.Color = letters
				c.FillText(style, vg.Point{X: x(i), Y: y(j) + 2*px}, s)
			}
		}
	}
}

// VegaLite implements Chart.
func (c HeatMap) VegaLite() map[string]any {
	rows := []any{}
	a, colors := c.scale()
	rowNames, columnNames := distinct(visibleAll(c.Rows)), distinct(visibleAll(c.Columns))
	for row := range c.Rows {
		for column := range c.Columns {
			v := c.value(row, column)
			if math.IsNaN(v) {
				continue
			}
			_, letters := shades(a, colors, v)
			rows = append(rows, map[string]any{"row": rowNames[row], "column": columnNames[column],
				"value": v, "text": c.cellText(v), "ink": hex(letters)})
		}
	}
	width, height := c.size()
	spec := vegaBase(c.Title, width, height)
	spec["view"] = map[string]any{"fill": hex(axisGrey), "fillOpacity": 0.15} // on white this looks like missing
	spec["data"] = map[string]any{"values": rows}
	category := func(field, title string, names []string, angle int) map[string]any {
		return map[string]any{"field": field, "type": "nominal", "title": title,
			"scale": map[string]any{"domain": anySlice(names), "padding": 0},
			"axis":  map[string]any{"domain": false, "ticks": false, "labelPadding": 5, "labelAngle": angle}}
	}
	angle := 0
	if c.slanted() {
		angle = -45
	}
	spec["encoding"] = map[string]any{
		"x":       category("column", c.X, columnNames, angle),
		"y":       category("row", c.Y, rowNames, 0),
		"tooltip": tooltip("row", c.Y, "column", c.X, "#value", c.Value),
	}
	fill := vegaRamp(a, colors, float64(height-90))
	layers := []any{map[string]any{"mark": map[string]any{"type": "rect"}, "encoding": map[string]any{"color": fill}}}
	if c.Format != "" {
		layers = append(layers, map[string]any{"mark": map[string]any{"type": "text", "fontSize": tickSize},
			"encoding": map[string]any{
				"text": map[string]any{"field": "text", "type": "nominal"},
				"color": map[string]any{"value": hex(ink), "condition": map[string]any{
					"test": "datum.ink === '" + hex(white) + "'", "value": hex(white)}},
			}})
	}
	spec["layer"] = layers
	return spec
}

// Text implements Chart. It returns the matrix as a table.
func (c HeatMap) Text() string {
	format := c.Format
	if format == "" {
		format = "%.2f"
	}
	rows := [][]string{append([]string{c.Y}, visibleAll(c.Columns)...)}
	for row, name := range c.Rows {
		line := []string{visible(name)}
		for column := range c.Columns {
			cell := "-"
			if v := c.value(row, column); !math.IsNaN(v) {
				cell = fmt.Sprintf(format, v)
			}
			line = append(line, cell)
		}
		rows = append(rows, line)
	}
	return titled(c.Title, table(rows))
}
