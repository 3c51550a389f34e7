package plots

import (
	"fmt"
	"image/color"
	"strings"

	"gonum.org/v1/plot"
)

// Diagram is the figure of a recurrent network: on the left the cell with its loop, on the right the same cell
// unrolled over time. The arrows are labelled with the names in the equations
//
//	h_t = tanh(W_ih x_t + W_hh h_{t-1} + b_h)
//	o_t = W_ho h_t + b_o
//
// in which the weights are the same at every step.
type Diagram struct {
	Title string
	Cell  string // the cell's label: "RNN", "LSTM", "GRU"; "" is "RNN". LSTM also passes on c_t
	Steps int    // the number of unrolled steps, 1 to 8; 0 is 3
}

const mostSteps = 8

// cell returns the cell's label.
func (d Diagram) cell() string {
	if d.Cell == "" {
		return "RNN"
	}
	return d.Cell
}

// steps returns the number of unrolled steps.
func (d Diagram) steps() int {
	if d.Steps <= 0 {
		return 3
	}
	return min(d.Steps, mostSteps)
}

// timeIndex returns the index of a step: t–1, t, t+1. An en dash looks like a minus sign and is in more fonts.
func timeIndex(offset int) string {
	switch {
	case offset < 0:
		return fmt.Sprintf("t–%d", -offset)
	case offset > 0:
		return fmt.Sprintf("t+%d", offset)
	}
	return "t"
}

// first returns the offset of the first step that is drawn. t is in the middle.
func (d Diagram) first() int { return -(d.steps() - 1) / 2 }

// Measures of the figure in pixels.
const (
	cellWidth, cellHeight  = 84, 54
	nodeRadius             = 21
	outputY, cellY, inputY = 36, 148, 260
	foldedX, unrolledX     = 150, 430 // middles of the folded cell and of the first unrolled one
	stepWidth              = 160
)

// scene returns the whole figure.
func (d Diagram) scene() scene {
	last := unrolledX + float64(d.steps()-1)*stepWidth
	s := scene{title: d.Title, width: max(last+130, 600), height: 330}
	d.column(&s, foldedX, "t")
	d.loop(&s)
	s.paths = append(s.paths, path{points: []point{{228, cellY}, {292, cellY}}, color: axisGrey, arrow: true})
	s.write(260, cellY-14, "unroll", 13, axisGrey)
	for i := range d.steps() {
		x := unrolledX + float64(i)*stepWidth
		d.handOver(&s, x-stepWidth, timeIndex(d.first()+i-1))
		d.column(&s, x, timeIndex(d.first()+i))
	}
	d.handOver(&s, last, timeIndex(d.first()+d.steps()-1))
	s.write(foldedX, 312, "the cell and its loop", 13, ink)
	s.write((unrolledX+last)/2, 312, "the same cell, with the same weights, at every step", 13, ink)
	return s
}

// column adds a cell with its input below and its output above.
func (d Diagram) column(s *scene, x float64, index string) {
	blue, green, orange := okabeIto[0], okabeIto[2], okabeIto[4]
	arrow := func(from, to float64) {
		s.paths = append(s.paths, path{points: []point{{x, from}, {x, to}}, color: ink, arrow: true})
	}
	arrow(inputY-nodeRadius, cellY+cellHeight/2)
	arrow(cellY-cellHeight/2, outputY+nodeRadius)
	s.boxes = append(s.boxes,
		box{x - cellWidth/2, cellY - cellHeight/2, x + cellWidth/2, cellY + cellHeight/2,
			blue, 0.15, 9},
		box{x - nodeRadius, inputY - nodeRadius, x + nodeRadius, inputY + nodeRadius,
			green, 0.18, nodeRadius},
		box{x - nodeRadius, outputY - nodeRadius, x + nodeRadius, outputY + nodeRadius,
			orange, 0.2, nodeRadius})
	s.write(x, cellY, d.cell(), 15, ink)
	s.symbol(x, inputY, "x", index, 16)
	s.symbol(x, outputY, "o", index, 16)
	s.symbol(x+22, (inputY+cellY)/2+3, "W", "ih", 14)
	s.symbol(x+22, (outputY+cellY)/2-1, "W", "ho", 14)
}

// loop adds the arrow from the folded cell back into it.
func (d Diagram) loop(s *scene) {
	side := float64(foldedX - cellWidth/2)
	s.paths = append(s.paths, path{color: ink, arrow: true, points: bezier(
		point{side, cellY - 13}, point{side - 74, cellY - 58}, point{side - 74, cellY + 58}, point{side, cellY + 13})})
	s.symbol(side-78, cellY-9, "W", "hh", 14)
	s.symbol(side-78, cellY+11, "h", "t–1", 14)
}

// handOver adds the arrow from the cell at x to the next one, which carries the state. An LSTM has two.
func (d Diagram) handOver(s *scene, x float64, index string) {
	from, to := x+cellWidth/2, x+stepWidth-cellWidth/2
	if x < unrolledX { // the first has no cell before it
		from += 14
	}
	if x >= unrolledX+float64(d.steps()-1)*stepWidth { // the last has none after it
		to -= 14
	}
	arrow := func(y float64) {
		s.paths = append(s.paths, path{points: []point{{from, y}, {to, y}}, color: ink, arrow: true})
	}
	middle := (from + to) / 2
	if strings.EqualFold(d.cell(), "LSTM") {
		arrow(cellY - 14)
		s.symbol(middle, cellY-28, "c", index, 14)
		arrow(cellY + 14)
		s.symbol(middle, cellY, "h", index, 14)
		s.symbol(middle, cellY+32, "W", "hh", 14)
		return
	}
	arrow(cellY)
	s.symbol(middle, cellY-16, "h", index, 14)
	s.symbol(middle, cellY+18, "W", "hh", 14)
}

// symbol adds a letter of the equations with its index.
func (s *scene) symbol(x, y float64, base, subscript string, size float64) {
	s.words = append(s.words, word{x: x, y: y, base: base, subscript: subscript, size: size, italic: true, color: ink})
}

// write adds a text.
func (s *scene) write(x, y float64, text string, size float64, c color.RGBA) {
	s.words = append(s.words, word{x: x, y: y, base: text, size: size, color: c})
}

// Plot implements Chart. It fails if Steps is out of its range.
func (d Diagram) Plot() (*plot.Plot, error) {
	if d.Steps < 0 || d.Steps > mostSteps {
		return nil, problem("diagram", d.Title, "Steps is %d; give 1 to %d, or 0 for 3", d.Steps, mostSteps)
	}
	return d.scene().plot(), nil
}

// VegaLite implements Chart.
func (d Diagram) VegaLite() map[string]any { return d.scene().vega() }

func (d Diagram) size() (width, height int) { return d.scene().size() }

// Text implements Chart. It draws the unrolled cells with characters.
func (d Diagram) Text() string {
	var outputs, arrows, chain, inputs strings.Builder
	cell := "[" + d.cell() + "]"
	for i := range d.steps() {
		index := timeIndex(d.first() + i)
		before := fmt.Sprintf("h(%s) → ", timeIndex(d.first()+i-1))
		chain.WriteString(before + cell + " → ")
		width := len([]rune(before + cell + " → "))
		lead := len([]rune(before))
		for _, row := range []struct {
			to   *strings.Builder
			text string
		}{{&outputs, "o(" + index + ")"}, {&arrows, "↑"}, {&inputs, "x(" + index + ")"}} {
			indent := lead + (len([]rune(cell))-len([]rune(row.text)))/2
			fmt.Fprintf(row.to, "%-*s", width, strings.Repeat(" ", max(0, indent))+row.text)
		}
	}
	fmt.Fprintf(&chain, "h(%s)", timeIndex(d.first()+d.steps()-1))
	var b strings.Builder
	for _, line := range []string{outputs.String(), arrows.String(), chain.String(), arrows.String(), inputs.String()} {
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return titled(d.Title, b.String())
}
