package plots

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
)

// Chart is a picture in three forms. Every chart of this package implements it.
type Chart interface {
	// VegaLite returns a Vega-Lite v5 specification. It contains only map[string]any, []any, string, bool, int and
	// finite float64, so that it can be marshalled to JSON and sent by gob. Invalid data are left out of it; Plot
	// reports the error.
	VegaLite() map[string]any
	// Plot returns the same picture for gonum/plot, or an error that says why it cannot be drawn. A logarithmic axis
	// becomes a linear one in powers of ten.
	Plot() (*plot.Plot, error)
	// Text returns a few lines of plain text for terminals and readers without images.
	Text() string
}

// sized is a chart that chooses its own size in CSS pixels (96 to the inch), including title, axes and legend.
type sized interface {
	size() (width, height int)
}

const defaultWidth, defaultHeight = 640, 400

// sizeOf returns the size of a chart in CSS pixels.
func sizeOf(c Chart) (width, height int) {
	if s, ok := c.(sized); ok {
		return s.size()
	}
	return defaultWidth, defaultHeight
}

// usable reports whether a value can be placed on an axis.
func usable(v float64, log bool) bool {
	if math.IsNaN(v) || math.Abs(v) > 1e300 {
		return false
	}
	return !log || v >= 1e-300
}

// problem returns the error of a chart that cannot be drawn: which chart, what is wrong, what to do.
func problem(kind, title, format string, arguments ...any) error {
	name := kind
	if title != "" {
		name = fmt.Sprintf("%s %q", kind, title)
	}
	return fmt.Errorf("plots: %s: %s", name, fmt.Sprintf(format, arguments...))
}
