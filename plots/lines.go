package plots

import (
	"fmt"

	"gonum.org/v1/plot"
)

// Lines is a line chart of one or more series, such as entropy against temperature, or the norm of a gradient against
// the distance that it has travelled.
type Lines struct {
	Title, X, Y string // X and Y name the axes
	Series      []Series
	LogX, LogY  bool // logarithmic axes: values that are not positive leave a gap
}

// Series is a named line. If it has up to 25 points, each is marked with a dot. If it has more than a thousand, only
// the extremes of each stretch are drawn.
type Series struct {
	Name string
	// X is as long as Y, or nil, which places the points at 1, 2, 3, ...
	X, Y   []float64
	Dashed bool
}

// curves converts the chart to the form that is drawn.
func (c Lines) curves() curves {
	result := curves{kind: "lines", title: c.Title, x: c.X, y: c.Y, logX: c.LogX, logY: c.LogY}
	names := c.names()
	for i, series := range c.Series {
		result.lines = append(result.lines, curve{name: names[i], color: i,
			dashed: series.Dashed || i >= len(okabeIto), points: pointsOf(series.X, series.Y)})
	}
	return result
}

// names returns the names of the series, made distinct.
func (c Lines) names() []string {
	names := make([]string, len(c.Series))
	for i, series := range c.Series {
		names[i] = series.Name
	}
	return numbered(names)
}

// numbered makes equal names distinct: LSTM, LSTM (2), LSTM (3).
func numbered(names []string) []string {
	seen, taken := map[string]int{}, map[string]bool{}
	for _, name := range names {
		taken[name] = true
	}
	result := make([]string, len(names))
	for i, name := range names {
		seen[name]++
		result[i] = name
		for seen[name] > 1 {
			result[i] = fmt.Sprintf("%s (%d)", name, seen[name])
			if !taken[result[i]] {
				break
			}
			seen[name]++
		}
		taken[result[i]] = true
	}
	return result
}

// pointsOf pairs x and y, up to the length of the shorter. If x is nil, the points are numbered from 1.
func pointsOf(x, y []float64) []point {
	n := len(y)
	if x != nil {
		n = min(n, len(x))
	}
	points := make([]point, n)
	for i := range points {
		points[i] = point{float64(i + 1), y[i]}
		if x != nil {
			points[i].x = x[i]
		}
	}
	return points
}

// VegaLite implements Chart.
func (c Lines) VegaLite() map[string]any { return c.curves().vega() }

// Plot implements Chart. It fails if X and Y of a series differ in length, or if no point can be drawn.
func (c Lines) Plot() (*plot.Plot, error) {
	for i, series := range c.Series {
		if series.X != nil && len(series.X) != len(series.Y) {
			return nil, problem("lines", c.Title, "series %d (%q) has %d X and %d Y values; give equally many, or no X",
				i, series.Name, len(series.X), len(series.Y))
		}
	}
	return c.curves().plot()
}

// Text implements Chart. For each series it returns a line of blocks that follows the values, then the first, last,
// lowest and highest value.
func (c Lines) Text() string { return c.curves().text() }

// text returns the chart as text; see Lines.Text.
func (c curves) text() string {
	rows := [][]string{{"", "", "first", "last", "lowest", "highest"}}
	for _, line := range c.lines {
		var values []float64
		for _, p := range line.points {
			if usable(p.x, c.logX) {
				values = append(values, p.y)
			}
		}
		row := []string{visible(line.name), sparkline(values, 30, c.logY)}
		rows = append(rows, append(row, summary(values, c.logY)...))
	}
	for i := range rows {
		if c.lines != nil && rows[i][0] == `""` {
			rows[i][0] = c.y
		}
	}
	return titled(c.title, table(rows))
}

// summary returns the first, last, lowest and highest of the usable values.
func summary(values []float64, log bool) []string {
	var kept []float64
	for _, v := range values {
		if usable(v, log) {
			kept = append(kept, v)
		}
	}
	if len(kept) == 0 {
		return []string{"-", "-", "-", "-"}
	}
	lo, hi := kept[0], kept[0]
	for _, v := range kept {
		lo, hi = min(lo, v), max(hi, v)
	}
	return []string{shortNumber(kept[0]), shortNumber(kept[len(kept)-1]), shortNumber(lo), shortNumber(hi)}
}
