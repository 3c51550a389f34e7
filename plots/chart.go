package plots

import (
	"fmt"
	"math"

	"gonum.org/v1/plot"
)

// Chart is a picture in three forms. All charts of this package are values that implement it.
type Chart interface {
	// VegaLite is a Vega-Lite v5 specification. It holds only map[string]any, []any, string,
	// bool, int and finite float64, so that it can be marshalled to JSON and sent by gob. Invalid
	// data give a chart without them; Plot is where the error is reported.
	VegaLite() map[string]any
	// Plot is the same picture for gonum/plot, or the reason why there is nothing to draw. Its
	// logarithmic axes are linear ones in powers of ten.
	Plot() (*plot.Plot, error)
	// Text is a plain rendering of some lines for terminals and readers without images.
	Text() string
}

// sized is a chart that chooses its own size, in CSS pixels (96 to the inch), title, axes and
// legend included.
type sized interface {
	size() (width, height int)
}

const defaultWidth, defaultHeight = 640, 400

func sizeOf(c Chart) (width, height int) {
	if s, ok := c.(sized); ok {
		return s.size()
	}
	return defaultWidth, defaultHeight
}

// usable says whether a value can be placed on an axis.
func usable(v float64, log bool) bool {
	if math.IsNaN(v) || math.Abs(v) > 1e300 {
		return false
	}
	return !log || v >= 1e-300
}

// problem is the error of a chart that cannot be drawn: which chart, what is wrong, what to do.
func problem(kind, title, format string, arguments ...any) error {
	name := kind
	if title != "" {
		name = fmt.Sprintf("%s %q", kind, title)
	}
	return fmt.Errorf("plots: %s: %s", name, fmt.Sprintf(format, arguments...))
}
