package plots

import (
	"math"
	"strings"
	"unicode/utf8"
)

// sparkline returns values as a row of at most width blocks. A value that is not usable is a blank. If log is true, the
// height grows with the logarithm.
func sparkline(values []float64, width int, log bool) string {
	blocks := []rune("▁▂▃▄▅▆▇█")
	lo, hi := math.Inf(1), math.Inf(-1)
	height := func(v float64) float64 {
		if log {
			return math.Log(v)
		}
		return v
	}
	for _, v := range values {
		if usable(v, log) {
			lo, hi = math.Min(lo, height(v)), math.Max(hi, height(v))
		}
	}
	columns := min(width, len(values))
	var b strings.Builder
	for column := range columns {
		v := values[column*len(values)/columns]
		if columns > 1 {
			v = values[column*(len(values)-1)/(columns-1)]
		}
		switch {
		case !usable(v, log):
			b.WriteRune(' ')
		case hi <= lo:
			b.WriteRune(blocks[3])
		default:
			level := (height(v)/2 - lo/2) / (hi/2 - lo/2) // halves, so that the differences cannot overflow
			b.WriteRune(blocks[min(7, int(level*8))])
		}
	}
	return b.String()
}

// table aligns cells in columns two blanks apart: the first column to the left, the others to the right.
func table(rows [][]string) string {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i == 0 {
				line.WriteString(cell + pad)
			} else {
				line.WriteString("  " + pad + cell)
			}
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

// titled returns a text below its title.
func titled(title, body string) string {
	if title == "" {
		return body
	}
	return title + "\n" + body
}
