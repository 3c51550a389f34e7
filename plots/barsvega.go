package plots

import (
	"fmt"
	"image/color"
	"math"
)

// color returns the colour of a group.
func (c Bars) color(group int) color.RGBA {
	if !c.Ordered {
		return seriesColor(group)
	}
	return sequential.at(spread(0.3, 1, max(2, len(c.Groups)))[group]) // the lightest colours hardly show on white
}

// VegaLite implements Chart.
func (c Bars) VegaLite() map[string]any {
	rows, names := []any{}, c.names()
	labels := distinct(c.labels())
	for place, label := range c.shown() {
		for group := range c.Groups {
			if v := c.value(group, label); !math.IsNaN(v) {
				rows = append(rows, map[string]any{"label": labels[place], "group": names[group], "value": v})
			}
		}
	}
	width, height := c.size()
	spec := vegaBase(c.Title, width, height)
	if width == defaultWidth {
		followsWidth(spec)
	}
	spec["data"] = map[string]any{"values": rows}
	spec["mark"] = map[string]any{"type": "bar"}
	colors := make([]any, len(names))
	for i := range colors {
		colors[i] = vegaColor(c.color(i))
	}
	look := map[string]any{"labelAngle": 0, "domain": false, "ticks": false, "labelPadding": 5}
	label, value, offset := "x", "y", "xOffset"
	if !c.Horizontal {
		// Labels are turned to fit beside one another, as in slanted, but in whatever width the page gives the chart.
		narrow := fmt.Sprintf("bandwidth('x') < %.0f", 0.8*c.labelSpace())
		look["labelAngle"] = map[string]any{"expr": narrow + " ? -45 : 0"}
		look["labelAlign"] = map[string]any{"expr": narrow + " ? 'right' : 'center'"}
	}
	if c.Horizontal {
		label, value, offset = "y", "x", "yOffset"
	}
	groups := map[string]any{"domain": anySlice(names)}
	spec["encoding"] = map[string]any{
		label: map[string]any{"field": "label", "type": "nominal", "title": c.Label, "axis": look,
			"scale": map[string]any{"domain": anySlice(labels), "paddingInner": 0.2, "paddingOuter": 0.1}},
		value:  c.valueAxis().vega(map[string]any{"field": "value"}),
		offset: map[string]any{"field": "group", "type": "nominal", "scale": groups},
		"color": map[string]any{"field": "group", "type": "nominal", "title": c.Group,
			"scale": map[string]any{"domain": anySlice(names), "range": colors}},
		"tooltip": tooltip("label", c.Label, "group", c.Group, "#value", c.axisTitle()),
	}
	if c.legend().empty() {
		withoutLegend(spec)
	}
	return spec
}
