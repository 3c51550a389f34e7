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

// Bars shows one value for each label and group, such as the probability of each token at several
// temperatures, side by side.
type Bars struct {
	Title      string
	Labels     []string // tokens, for instance; equal ones stay apart
	Groups     []Group
	Value      string // names the value axis; "" is "probability"
	Label      string // names the axis of the labels; may be ""
	Group      string // names what tells the groups apart, above the legend; may be ""
	Horizontal bool   // labels in lines below one another: best for more than about 20
	Top        int    // only the labels with the largest values in any group, in their order; 0: all
}

// Group is one bar for each label. A value that is not finite has no bar.
type Group struct {
	Name   string
	Values []float64 // as many as there are labels
}

func (c Bars) axisTitle() string {
	if c.Value == "" {
		return "probability"
	}
	return c.Value
}

func (c Bars) names() []string {
	names := make([]string, len(c.Groups))
	for i, group := range c.Groups {
		names[i] = group.Name
	}
	return numbered(names)
}

// value of a label in a group; NaN where the group is too short or the value is not finite.
func (c Bars) value(group, label int) float64 {
	if label >= len(c.Groups[group].Values) || !usable(c.Groups[group].Values[label], false) {
		return math.NaN()
	}
	return c.Groups[group].Values[label]
}

// shown are the indices of the labels that Top leaves.
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
	indices = indices[:c.Top]
	slices.Sort(indices)
	return indices
}

func (c Bars) labels() []string {
	var labels []string
	for _, i := range c.shown() {
		labels = append(labels, visible(c.Labels[i]))
	}
	return labels
}

func (c Bars) valueAxis() axis {
	values, flat := []float64{0}, true
	for group := range c.Groups {
		for _, label := range c.shown() {
			v := c.value(group, label)
			values, flat = append(values, v), flat && (v == 0 || math.IsNaN(v))
		}
	}
	if flat {
		values = append(values, 1)
	}
	a := newAxis(c.axisTitle(), values, false, false)
	a.grid = true
	return a
}

func (c Bars) legend() legend {
	l := legend{title: c.Group}
	for i, name := range c.names() {
		l.entries = append(l.entries, legendEntry{name: name, color: seriesColor(i), box: true})
	}
	return l
}

// size grows with the number of bars, so that each stays visible and each label readable.
func (c Bars) size() (width, height int) {
	bars := len(c.shown()) * max(1, len(c.Groups))
	if c.Horizontal {
		return defaultWidth, min(4000, max(260, 110+max(bars*9+len(c.shown())*6, len(c.shown())*18)))
	}
	return min(4000, max(defaultWidth, 130+int(c.legend().width())+max(bars*7+len(c.shown())*6, len(c.shown())*16))), defaultHeight
}

// slanted says whether the labels of a vertical chart must be turned to fit beside one another.
func (c Bars) slanted() bool {
	width, _ := c.size()
	space := (float64(width) - 80 - c.legend().width()) / float64(max(1, len(c.shown())))
	return !c.Horizontal && widest(c.labels(), tickSize)+6 > space
}

func (c Bars) check() error {
	if len(c.Labels) == 0 || len(c.Groups) == 0 {
		return problem("bars", c.Title, "it has %d labels and %d groups; give at least one of each", len(c.Labels), len(c.Groups))
	}
	finite := false
	for i, group := range c.Groups {
		if len(group.Values) != len(c.Labels) {
			return problem("bars", c.Title, "group %d (%q) has %d values for %d labels; give one for each", i, group.Name, len(group.Values), len(c.Labels))
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

// Plot implements Chart. It fails without labels or groups, if a group has not one value for each
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

type barsPlotter struct{ Bars }

// Plot draws the bars of a label side by side within 80 % of its place.
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
			fillRectangle(c, seriesColor(group), corners[0], corners[1], corners[2], corners[3])
		}
	}
}

// Text implements Chart: a table of the values; with one group a bar of blocks beside each.
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
