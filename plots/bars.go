package plots

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bars shows one value for each label and group, side by side: the probability of each token at several temperatures,
// for instance.
type Bars struct {
	Title      string
	Labels     []string // tokens, for instance; equal labels get bars of their own
	Groups     []Group
	Value      string // names the value axis; "" is "probability"
	Label      string // names the axis of the labels; may be ""
	Group      string // names what differs between the groups, above the legend; may be ""
	Horizontal bool   // horizontal bars, one label below the other: best for more than about 20 labels
	Ordered    bool   // groups in an order, such as temperatures: their colours go from light to dark
	Top        int    // show only the Top labels with the largest values in any group, largest first; 0 shows all

	// Max is a value that the axis reaches even if no bar does, so that charts with other values have the same axis: 1
	// for probabilities. 0 lets the axis end at the longest bar.
	Max float64
}

// Group has one bar for each label. A value that is not finite has no bar.
type Group struct {
	Name   string
	Values []float64 // as many as there are labels
}

// axisTitle returns the title of the value axis.
func (c Bars) axisTitle() string {
	if c.Value == "" {
		return "probability"
	}
	return c.Value
}

// names returns the groups' names, made distinct.
func (c Bars) names() []string {
	names := make([]string, len(c.Groups))
	for i, group := range c.Groups {
		names[i] = group.Name
	}
	return numbered(names)
}

// value returns the value of a label in a group, NaN if the group is too short or the value is not finite.
func (c Bars) value(group, label int) float64 {
	if label >= len(c.Groups[group].Values) || !usable(c.Groups[group].Values[label], false) {
		return math.NaN()
	}
	return c.Groups[group].Values[label]
}

// shown returns the indices of the labels that Top keeps, ranked by their largest value.
func (c Bars) shown() []int {
	indices := make([]int, len(c.Labels))
	for i := range indices {
		indices[i] = i
	}
	if c.Top <= 0 || c.Top >= len(indices) {
		return indices
	}
	height := func(label int) float64 {
		highest := math.Inf(-1)
		for group := range c.Groups {
			if v := c.value(group, label); v > highest {
				highest = v
			}
		}
		return highest
	}
	slices.SortStableFunc(indices, func(a, b int) int { return cmp.Compare(height(b), height(a)) })
	return indices[:c.Top]
}

// labels returns the labels that are shown, made readable.
func (c Bars) labels() []string {
	var labels []string
	for _, i := range c.shown() {
		labels = append(labels, visible(c.Labels[i]))
	}
	return labels
}

// valueAxis returns the axis of the values. It always includes zero.
func (c Bars) valueAxis() axis {
	values, flat := []float64{0}, true
	for group := range c.Groups {
		for _, label := range c.shown() {
			v := c.value(group, label)
			values, flat = append(values, v), flat && (v == 0 || math.IsNaN(v))
		}
	}
	if usable(c.Max, false) {
		values = append(values, c.Max)
	}
	if flat && c.Max <= 0 {
		values = append(values, 1)
	}
	a := newAxis(c.axisTitle(), values, false, false)
	a.grid = true
	return a
}

// legend returns the legend of the groups.
func (c Bars) legend() legend {
	l := legend{title: c.Group}
	for i, name := range c.names() {
		l.entries = append(l.entries, legendEntry{name: name, color: c.color(i), box: true})
	}
	return l
}

// size returns a size that grows with the number of bars, so that each bar is visible and each label readable.
func (c Bars) size() (width, height int) {
	labels := len(c.shown())
	bars := labels * max(1, len(c.Groups))
	if c.Horizontal {
		return defaultWidth, min(4000, max(260, 110+max(bars*9+labels*6, labels*18)))
	}
	width = 130 + int(c.legend().width()) + max(bars*7+labels*6, labels*16)
	return min(4000, max(defaultWidth, width)), defaultHeight
}

// slanted reports whether the labels of a chart with vertical bars must be turned to fit beside one another.
func (c Bars) slanted() bool {
	width, _ := c.size()
	space := (float64(width) - 80 - c.legend().width()) / float64(max(1, len(c.shown())))
	return !c.Horizontal && c.labelSpace() > space
}

// labelSpace returns the width in pixels that the widest label needs beside others.
func (c Bars) labelSpace() float64 { return widest(c.labels(), tickSize) + 6 }

// check returns an error that says why the chart cannot be drawn, or nil.
func (c Bars) check() error {
	if len(c.Labels) == 0 || len(c.Groups) == 0 {
		return problem("bars", c.Title, "it has %d labels and %d groups; give at least one of each",
			len(c.Labels), len(c.Groups))
	}
	finite := false
	for i, group := range c.Groups {
		if len(group.Values) != len(c.Labels) {
			return problem("bars", c.Title, "group %d (%q) has %d values for %d labels; give one for each",
				i, group.Name, len(group.Values), len(c.Labels))
		}
		for label := range c.Labels {
			finite = finite || !math.IsNaN(c.value(i, label))
		}
	}
	if !finite {
		return problem("bars", c.Title, "no value is finite; nothing to draw")
	}
	return nil
}

// Plot implements Chart. It fails if there are no labels or no groups, if a group does not have one value for each
// label, or if no value is finite.
func (c Bars) Plot() (*plot.Plot, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	width, _ := c.size()
	p := newPlot(c.Title, width)
	values := c.valueAxis()
	addGrid(p, c.Horizontal, !c.Horizontal)
	p.Add(barsPlotter{c}, c.legend())
	if c.Horizontal {
		values.apply(&p.X)
		categories(&p.Y, c.labels(), c.Label)
		p.Y.Scale = plot.InvertedScale{Normalizer: plot.LinearScale{}}
		return p, nil
	}
	values.apply(&p.Y)
	categories(&p.X, c.labels(), c.Label)
	if c.slanted() {
		slant(&p.X)
	}
	return p, nil
}

// slant turns the labels of a horizontal axis by 45 degrees.
func slant(a *plot.Axis) {
	a.Tick.Label.Rotation = math.Pi / 4
	a.Tick.Label.XAlign, a.Tick.Label.YAlign = draw.XRight, draw.YTop
}

// barsPlotter draws the bars on a canvas.
type barsPlotter struct{ Bars }

// Plot draws the bars of each label side by side. Together they take 80 % of the label's place.
func (b barsPlotter) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for place, label := range b.shown() {
		for group := range b.Groups {
			v := b.value(group, label)
			if math.IsNaN(v) {
				continue
			}
			thickness := 0.8 / float64(len(b.Groups))
			from := float64(place) - 0.4 + float64(group)*thickness
			corners := [4]vg.Length{x(from), y(0), x(from + thickness), y(v)}
			if b.Horizontal {
				corners = [4]vg.Length{x(0), y(from), x(v), y(from + thickness)}
			}
			fillRectangle(c, b.color(group), corners[0], corners[1], corners[2], corners[3])
		}
	}
}

// Text implements Chart. It returns a table of the values, with a bar of blocks beside each if there is one group.
func (c Bars) Text() string {
	rows := [][]string{append([]string{c.Label}, c.names()...)}
	scale := c.valueAxis().hi
	for place, label := range c.shown() {
		row := []string{c.labels()[place]}
		for group := range c.Groups {
			v := c.value(group, label)
			if math.IsNaN(v) {
				row = append(row, "-")
				continue
			}
			row = append(row, shortNumber(v))
			if len(c.Groups) == 1 {
				blocks := int(math.Round(30 * max(0, v/scale)))
				row = append(row, strings.Repeat("█", blocks)+strings.Repeat(" ", 30-blocks))
			}
		}
		rows = append(rows, row)
	}
	if c.Label == "" && c.legend().empty() {
		rows = rows[1:]
	}
	return titled(c.Title, table(rows))
}
