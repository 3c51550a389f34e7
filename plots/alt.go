package plots

import (
	"fmt"
	"math"
	"strings"
)

// described is a chart that has a description of its own for readers who do not see it.
type described interface{ describe() string }

// altText returns the alternative text of a chart: its kind, its title, and its last or outermost values.
func altText(c Chart) string {
	if d, ok := c.(described); ok {
		return d.describe()
	}
	title, _, _ := strings.Cut(c.Text(), "\n")
	return "Picture: " + title + "."
}

// mostNamed is how many series or bars an alternative text names.
const mostNamed = 6

// listed joins up to mostNamed phrases and says how many more there are.
func listed(phrases []string) string {
	if more := len(phrases) - mostNamed; more > 0 {
		phrases = append(phrases[:mostNamed:mostNamed], fmt.Sprintf("and %d more", more))
	}
	return strings.Join(phrases, ", ")
}

// named begins a description.
func named(kind, title string) string {
	if title == "" {
		return kind + "."
	}
	return kind + ": " + title + "."
}

// span4 writes the smallest and the largest of some values.
func span4(values []float64) string {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		if usable(v, false) {
			low, high = min(low, v), max(high, v)
		}
	}
	if low > high {
		return "missing"
	}
	return fmt.Sprintf("from %.4g to %.4g", low, high)
}

func (c curves) describe() string {
	var ends []string
	for _, line := range c.lines {
		if line.faint || len(line.points) == 0 {
			continue
		}
		last := line.points[len(line.points)-1]
		ends = append(ends, strings.TrimSpace(fmt.Sprintf("%s %.4g at %.4g", line.name, last.y, last.x)))
	}
	return named("Line chart", c.title) + " Last values: " + listed(ends) + "."
}

func (c Lines) describe() string { return c.curves().describe() }
func (c Loss) describe() string  { return c.curves().describe() }
func (l *Live) describe() string { return l.snapshot().describe() }

func (c Bars) describe() string {
	var groups []string
	for i, name := range c.names() {
		var bars []string
		for _, label := range c.shown() {
			if v := c.value(i, label); !math.IsNaN(v) {
				bars = append(bars, fmt.Sprintf("%s %.4g", c.Labels[label], v))
			}
		}
		groups = append(groups, strings.TrimPrefix(name+": ", ": ")+listed(bars))
	}
	return named("Bar chart of "+c.axisTitle(), c.Title) + " " + strings.Join(groups, "; ") + "."
}

func (c HeatMap) describe() string {
	var values []float64
	for _, row := range c.Values {
		values = append(values, row...)
	}
	return named("Heat map", c.Title) +
		fmt.Sprintf(" %d by %d cells, values %s.", len(c.Rows), len(c.Columns), span4(values))
}

func (c Scatter) describe() string {
	var x, y []float64
	for _, p := range c.Points {
		x, y = append(x, p.X), append(y, p.Y)
	}
	return named("Scatter plot", c.Title) + fmt.Sprintf(" %d points, %s %s, %s %s.", len(c.Points), c.X, span4(x), c.Y,
		span4(y))
}

func (c Words) describe() string {
	return named("Coloured words", c.Title) + fmt.Sprintf(" %d tokens, values %s.", len(c.Tokens), span4(c.Values))
}

func (d Diagram) describe() string {
	steps := fmt.Sprintf(" %d copies of the cell %s, one for each time step; the state goes from each to the next.",
		d.steps(), d.cell())
	return named("Diagram", d.Title) + steps
}
