package plots

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// axis is a numeric axis that both renderers draw alike: it has a range and labelled ticks.
type axis struct {
	title  string
	log    bool
	grid   bool // lines at the ticks
	whole  bool // whole numbers only: no ticks between them
	lo, hi float64
	ticks  []float64
	step   float64 // between ticks; 0 on a logarithmic axis
}

// newAxis returns an axis that fits the usable values; without any it is arbitrary. A tight axis ends at the data,
// any other at round numbers, and at zero if zero is near.
func newAxis(title string, values []float64, log, tight bool) axis {
	a := axis{title: title, log: log, whole: true, lo: math.Inf(1), hi: math.Inf(-1)}
	for _, v := range values {
		if usable(v, log) {
			a.lo, a.hi = math.Min(a.lo, v), math.Max(a.hi, v)
			a.whole = a.whole && v == math.Trunc(v)
		}
	}
	if a.lo > a.hi { // no value: any range is fine
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
	if a.whole && a.hi-a.lo >= 1 {
		a.step = max(1, a.step)
	}
	if !tight {
		a.lo, a.hi = math.Floor(a.lo/a.step+1e-9)*a.step, math.Ceil(a.hi/a.step-1e-9)*a.step
	}
	first, last := math.Ceil(a.lo/a.step-1e-9), math.Floor(a.hi/a.step+1e-9)
	for i := first; i <= last && len(a.ticks) < 20; i++ {
		a.ticks = append(a.ticks, i*a.step+0) // +0 turns -0 into 0
	}
}

// roundStep returns 1, 2 or 5 times a power of ten, whichever is nearest to a wish.
func roundStep(wish float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(wish)))
	switch ratio := wish / power; { // the bounds are the geometric means, as in d3
	case ratio < math.Sqrt2:
		return power
	case ratio < math.Sqrt(10):
		return 2 * power
	case ratio < math.Sqrt(50):
		return 5 * power
	}
	return 10 * power
}

func (a *axis) fitLog(tight bool) {
	if a.hi <= a.lo*(1+1e-9) {
		a.lo, a.hi = a.lo/2, a.hi*2
	}
	if a.hi < 3*a.lo { // too short for powers of ten
		inner := axis{lo: a.lo, hi: a.hi}
		inner.fitLinear(tight || a.lo < a.hi/2)
		a.lo, a.hi, a.ticks = inner.lo, inner.hi, inner.ticks
		return
	}
	decades := math.Log10(a.hi) - math.Log10(a.lo)
	factors := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	if decades > 1 {
		factors = []float64{1, 2, 5, 10}
	}
	if !tight {
		a.lo, a.hi = roundDown(a.lo, factors), roundUp(a.hi, factors)
	}
	if decades > 3 {
		factors = []float64{1}
	}
	every := max(1, int(math.Ceil(decades/8)))
	for exponent := int(math.Floor(math.Log10(a.lo))); exponent <= int(math.Ceil(math.Log10(a.hi))); exponent++ {
		for _, factor := range factors {
			v := factor * math.Pow10(exponent)
			if factor < 10 && exponent%every == 0 && v >= a.lo*(1-1e-9) && v <= a.hi*(1+1e-9) {
				a.ticks = append(a.ticks, v)
			}
		}
	}
}

// roundDown returns the largest product of a factor and the power of ten of v that is not above v.
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

// roundUp returns the smallest such product that is not below v.
func roundUp(v float64, factors []float64) float64 {
	power := math.Pow10(int(math.Floor(math.Log10(v))))
	for _, factor := range factors {
		if factor*power >= v*(1-1e-9) {
			return factor * power
		}
	}
	return 10 * power
}

// fraction returns where v lies between the axis' ends, from 0 to 1.
func (a axis) fraction(v float64) float64 {
	if a.log {
		return (math.Log(v) - math.Log(a.lo)) / (math.Log(a.hi) - math.Log(a.lo))
	}
	return (v - a.lo) / (a.hi - a.lo)
}

// value returns the inverse of fraction on a linear axis.
func (a axis) value(fraction float64) float64 { return a.lo + fraction*(a.hi-a.lo) }

// shortLabels reports whether decimals would make the ticks' numbers too long.
func (a axis) shortLabels() bool {
	return a.log || a.step < 1e-4 || math.Max(math.Abs(a.lo), math.Abs(a.hi)) >= 1e6
}

// label returns a tick's number with the decimals that the step between ticks needs.
func (a axis) label(v float64) string {
	if a.shortLabels() {
		return shortNumber(v)
	}
	return strconv.FormatFloat(v, 'f', a.decimals(), 64)
}

// decimals returns how many decimals the step between ticks needs.
func (a axis) decimals() int { return max(0, -int(math.Floor(math.Log10(a.step)+1e-9))) }

// shortNumber returns a number with up to four significant digits and a short exponent: 0.001, 12.5, 1e-6.
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

// coordinate returns the place of v on the axis of gonum/plot. That axis is always linear: a logarithmic one is in
// powers of ten, because plot.LogScale puts the axis' title in the wrong place.
func (a axis) coordinate(v float64) float64 {
	if a.log {
		return math.Log10(v)
	}
	return v
}

// apply configures an axis of gonum/plot.
func (a axis) apply(target *plot.Axis) {
	target.Label.Text = a.title
	target.Min, target.Max = a.coordinate(a.lo), a.coordinate(a.hi)
	marks := make(plot.ConstantTicks, len(a.ticks))
	for i, v := range a.ticks {
		marks[i] = plot.Tick{Value: a.coordinate(v), Label: a.label(v)}
	}
	target.Tick.Marker = marks
}

// vega adds scale, axis and title to an encoding channel of Vega-Lite, and returns the channel.
func (a axis) vega(channel map[string]any) map[string]any {
	values := make([]any, len(a.ticks))
	for i, v := range a.ticks {
		values[i] = v
	}
	scale := map[string]any{"domain": []any{a.lo, a.hi}, "nice": false, "zero": false}
	look := a.vegaNumbers(map[string]any{"values": values, "grid": a.grid, "labelFlush": false})
	if a.log {
		scale = map[string]any{"type": "log", "domain": []any{a.lo, a.hi}, "nice": false}
	}
	channel["type"], channel["title"] = "quantitative", a.title
	channel["scale"], channel["axis"] = scale, look
	return channel
}

// vegaNumbers adds the format of the ticks' numbers to an axis or a legend of Vega-Lite, and returns it.
func (a axis) vegaNumbers(look map[string]any) map[string]any {
	if !a.shortLabels() {
		look["format"] = fmt.Sprintf(".%df", a.decimals())
	} else {
		// Vega drops labels of a logarithmic axis if it finds them too many. An expression keeps them.
		look["labelExpr"] = "format(datum.value, '.4~g')"
	}
	return look
}
