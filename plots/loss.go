package plots

import "gonum.org/v1/plot"

// Loss compares the losses of training runs. Each run has a line, and a dashed one in the same colour for its
// validation losses.
type Loss struct {
	Title string
	Runs  []Run
	Log   bool   // logarithmic loss axis, for losses that fall over several powers of ten
	Per   string // the period that one loss belongs to; "" is "epoch"
}

// Run is one training run. Losses are in nats, one for each epoch (or what Loss.Per says), which are numbered from 1. A
// loss that is not finite leaves a gap.
type Run struct {
	Name       string
	Losses     []float64
	Validation []float64 // may be nil; at the same epochs as Losses
}

// curves converts the chart to the form that is drawn.
func (c Loss) curves() curves {
	result := curves{kind: "loss", title: c.Title, x: "epoch", y: "loss (nats)", logY: c.Log}
	if c.Per != "" {
		result.x = c.Per
	}
	names := make([]string, len(c.Runs))
	for i, run := range c.Runs {
		names[i] = run.Name
	}
	for i, name := range numbered(names) {
		run := c.Runs[i]
		losses := curve{name: name, color: i, dashed: i >= len(okabeIto), points: pointsOf(nil, run.Losses)}
		result.lines = append(result.lines, losses)
		if len(run.Validation) > 0 {
			name, points := validationName(name), pointsOf(nil, run.Validation)
			result.lines = append(result.lines, curve{name: name, color: i, dashed: true, points: points})
		}
	}
	return result
}

// validationName returns the name of a run's validation losses.
func validationName(run string) string {
	if run == "" {
		return "validation"
	}
	return run + ", validation"
}

// VegaLite implements Chart.
func (c Loss) VegaLite() map[string]any { return c.curves().vega() }

// Plot implements Chart. It fails if no run has a loss that can be drawn.
func (c Loss) Plot() (*plot.Plot, error) { return c.curves().plot() }

// Text implements Chart. For each run it returns a line of blocks that follows the losses, then the first, last, lowest
// and highest loss.
func (c Loss) Text() string { return c.curves().text() }
