package plots

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// axis is a numeric axis that both renderers draw alike: its range and its labelled ticks.
type axis struct {
	title  string
	log    bool
	grid   bool // lines at the ticks
	lo, hi float64
	ticks  []float64
	step   float64 // between ticks; 0 on a logarithmic axis
}

// newAxis fits an axis to the usable ones among values; there must be one. A tight axis ends at
// the data, another one at round numbers, and at zero if that is not far.
func newAxis(title string, values []float64, log, tight bool) axis {
	a := axis{title: title, log: log, lo: math.Inf(1), hi: math.Inf(-1)}
	for _, v := range values {
		if usable(v, log) {
			a.lo, a.hi = math.Min(a.lo, v), math.Max(a.hi, v)
		}
	}
	if a.lo > a.hi { // no value: any range will do
		a.lo, a.hi = 1, 10
	}
	if log {
		a.fitLog(tight)
	} else {
		a.fitLinear(tight)
	}
	return a
}

func (a *axis) fitLinear(tight bool) {
	if !tight && a.lo >= 0 && a.lo < a.hi/2 {
		a.lo = 0
	}
	if a.hi-a.lo <= 1e-9*math.Max(math.Abs(a.lo), math.Abs(a.hi)) || a.hi-a.lo < 1e-290 {
		margin := math.Max(math.Abs(a.lo)/2, 0.5)
		a.lo, a.hi = a.lo-margin, a.hi+margin
	}
	a.step = roundStep((a.hi - a.lo) / 6)
	if !tight {
		a.lo, a.hi = math.Floor(a.lo/a.step+1e-9)*a.step, math.Ceil(a.hi/a.step-1e-9)*a.step
	}
	first, last := math.Ceil(a.lo/a.step-1e-9), math.Floor(a.hi/a.step+1e-9)
	for i := first; i <= last && len(a.ticks) < 20; i++ {
		a.ticks = append(a.ticks, i*a.step+0) // +0 turns -0 into 0
	}
}

// roundStep is the smallest of 1, 2, 5 times a power of ten that is not below least.
func roundStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, factor := range []float64{1, 2, 5} {
		if factor*power >= least*(1-1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

func (a *axis) fitLog(tight bool) {
	if a.hi <= a.lo*(1+1e-9) {
		a.lo, a.hi = a.lo/2, a.hi*2
	}
	factors := []float64{1, 2, 5}
	if !tight {
		a.lo, a.hi = roundDown(a.lo, factors), roundUp(a.hi, factors)
	}
	decades := math.Log10(a.hi / a.lo)
	if decades > 3 {
		factors = factors[:1]
	}
	every := max(1, int(math.Ceil(decades/8)))
	for exponent := int(math.Floor(math.Log10(a.lo))); exponent <= int(math.Ceil(math.Log10(a.hi))); exponent++ {
		if exponent%every != 0 {
			continue
		}
		for _, factor := range factors {
			v := factor * math.Pow10(exponent)
			if v >= a.lo*(1-1e-9) && v <= a.hi*(1+1e-9) {
				a.ticks = append(a.ticks, v)
			}
		}
	}
}

func roundDown(v float64, factors []float64) float64 {
	power := math.Pow10(int(math.Floor(math.Log10(v))))
	best := power
	for _, factor := range factors {
		if factor*power <= v*(1+1e-9) {
			best = factor * power
		}
	}
	return best
}

func roundUp(v float64, factors []float64) float64 {
	power := math.Pow10(int(math.Floor(math.Log10(v))))
	for _, factor := range factors {
		if factor*power >= v*(1-1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// fraction is where v lies between the axis' ends, 0 to 1.
func (a axis) fraction(v float64) float64 {
	if a.log {
		return math.Log(v/a.lo) / math.Log(a.hi/a.lo)
	}
	return (v - a.lo) / (a.hi - a.lo)
}

// value is the inverse of fraction.
func (a axis) value(fraction float64) float64 {
	if a.log {
		return a.lo * math.Pow(a.hi/a.lo, fraction)
	}
	return a.lo + fraction*(a.hi-a.lo)
}

// label writes a tick's number with the decimals that the step between ticks needs.
func (a axis) label(v float64) string {
	magnitude := math.Abs(v)
	if a.log || magnitude >= 1e6 || a.step < 1e-4 {
		return shortNumber(v)
	}
	decimals := max(0, -int(math.Floor(math.Log10(a.step)+1e-9)))
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// shortNumber writes up to four significant digits and a short exponent: 0.001, 12.5, 1e-6.
func shortNumber(v float64) string {
	s := strconv.FormatFloat(v, 'g', 4, 64)
	mantissa, exponent, found := strings.Cut(s, "e")
	if !found {
		return s
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "-"
	}
	return mantissa + "e" + sign + strings.TrimLeft(exponent[1:], "0")
}

// apply sets up an axis of gonum/plot.
func (a axis) apply(target *plot.Axis) {
	target.Label.Text = a.title
	target.Min, target.Max = a.lo, a.hi
	marks := make(plot.ConstantTicks, len(a.ticks))
	for i, v := range a.ticks {
		marks[i] = plot.Tick{Value: v, Label: a.label(v)}
	}
	target.Tick.Marker = marks
	if a.log {
		target.Scale = plot.LogScale{}
	}
}

// vega adds scale, axis and title to an encoding channel of Vega-Lite.
func (a axis) vega(channel map[string]any) map[string]any {
	values := make([]any, len(a.ticks))
	for i, v := range a.ticks {
		values[i] = v
	}
	scale := map[string]any{"domain": []any{a.lo, a.hi}, "nice": false, "zero": false}
	look := map[string]any{"values": values, "grid": a.grid}
	if a.log {
		scale = map[string]any{"type": "log", "domain": []any{a.lo, a.hi}, "nice": false}
		// Vega leaves out log labels that it finds too many; an expression keeps ours.
		look["labelExpr"] = "format(datum.value, '~g')"
	}
	channel["type"], channel["title"] = "quantitative", a.title
	channel["scale"], channel["axis"] = scale, look
	return channel
}
