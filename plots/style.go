package plots

import (
	"strings"
	"unicode"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// px is one CSS pixel, the unit of both renderers.
const px = vg.Inch / 96

// Font sizes in pixels, equal in both renderers.
const titleSize, labelSize, tickSize = 15, 12, 11

// textStyle returns upright Liberation Sans of a size in pixels.
func textStyle(size float64, bold bool) text.Style {
	face := font.Font{Typeface: "Liberation", Variant: "Sans", Size: vg.Length(size) * px}
	if bold {
		face.Weight = xfont.WeightBold
	}
	return text.Style{Color: ink, Font: face, Handler: plot.DefaultTextHandler}
}

// textWidth returns the width of one line in pixels.
func textWidth(s string, size float64) float64 {
	return float64(textStyle(size, false).Width(s) / px)
}

// widest returns the width of the widest label in pixels.
func widest(labels []string, size float64) float64 {
	width := 0.0
	for _, label := range labels {
		width = max(width, textWidth(label, size))
	}
	return width
}

// newPlot returns an empty plot with the fonts and colours of this package.
func newPlot(title string, width int) *plot.Plot {
	p := plot.New()
	p.Title.Text = strings.Join(wrap(title, float64(width)-60), "\n")
	p.Title.TextStyle = textStyle(titleSize, true)
	p.Title.TextStyle.XAlign, p.Title.TextStyle.YAlign = draw.XCenter, draw.YTop
	p.Title.Padding = 10 * px
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		label, tick := a.Label.TextStyle, a.Tick.Label
		a.Label.TextStyle = textStyle(labelSize, false)
		a.Label.TextStyle.XAlign, a.Label.TextStyle.YAlign = label.XAlign, label.YAlign
		a.Label.Padding = 5 * px
		a.Tick.Label = textStyle(tickSize, false)
		a.Tick.Label.XAlign, a.Tick.Label.YAlign = tick.XAlign, tick.YAlign
		if tick.YAlign == draw.YCenter { // gonum centres the line with its descenders
			a.Tick.Label.YAlign -= 0.1
		}
		a.Tick.Length = 4 * px
		a.Padding = 0
		a.LineStyle.Color, a.Tick.LineStyle.Color = axisGrey, axisGrey
		a.LineStyle.Width, a.Tick.LineStyle.Width = px, px
	}
	return p
}

// addGrid adds grey lines at the ticks of one or both axes, below what is added later.
func addGrid(p *plot.Plot, x, y bool) {
	grid := &plotter.Grid{}
	line := draw.LineStyle{Color: gridGrey, Width: px}
	if x {
		grid.Vertical = line
	}
	if y {
		grid.Horizontal = line
	}
	p.Add(grid)
}

// categories puts names at 0, 1, 2, ... of an axis that runs from -0.5 to n-0.5.
func categories(a *plot.Axis, names []string, title string) {
	marks := make(plot.ConstantTicks, len(names))
	for i, name := range names {
		marks[i] = plot.Tick{Value: float64(i), Label: name}
		if name == "" {
			marks[i].Label = " " // an empty label would make it a minor tick
		}
	}
	a.Tick.Marker = marks
	a.Tick.Length, a.LineStyle.Width, a.Padding = 0, 0, 4*px
	a.Min, a.Max = -0.5, float64(len(names))-0.5
	a.Label.Text = title
}

// wrap breaks a title into lines that fit a width in pixels. A word that is wider gets a line of its own.
func wrap(title string, width float64) []string {
	var lines []string
	for _, paragraph := range strings.Split(title, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			longer := strings.TrimSpace(line + " " + word)
			if line != "" && float64(textStyle(titleSize, true).Width(longer)/px) > width {
				lines = append(lines, line)
				longer = word
			}
			line = longer
		}
		lines = append(lines, line)
	}
	return lines
}

const longestLabel = 24

// visible makes a token readable as a label: it shows control characters as escapes, puts blanks in quotation marks,
// and keeps at most longestLabel characters.
func visible(token string) string {
	if strings.TrimSpace(token) == "" {
		token = `"` + token + `"`
	}
	var b strings.Builder
	for i, r := range []rune(token) {
		if i >= longestLabel {
			b.WriteString("…")
			break
		}
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsControl(r):
			b.WriteRune('·')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// visibleAll makes tokens readable as labels.
func visibleAll(tokens []string) []string {
	labels := make([]string, len(tokens))
	for i, token := range tokens {
		labels[i] = visible(token)
	}
	return labels
}

// distinct appends invisible zero-width spaces to equal labels, because Vega-Lite takes equal names for one category.
func distinct(labels []string) []string {
	seen := map[string]int{}
	result := make([]string, len(labels))
	for i, label := range labels {
		result[i] = label + strings.Repeat("\u200b", seen[label])
		seen[label]++
	}
	return result
}
