package plots

// vega returns the chart for Vega-Lite: faint lines, lines and marks are three layers over one table of points.
func (c curves) vega() map[string]any {
	rows := []any{}
	for i, line := range c.lines {
		layer := "line"
		if line.faint {
			layer = "faint"
		}
		for part, points := range c.parts(line) {
			marks := line.marked(points)
			for k, p := range points {
				rows = append(rows, map[string]any{"x": p.x, "y": p.y, "series": line.name,
					"layer": layer, "mark": marks[k], "part": i*1000000 + part})
			}
		}
	}
	x, y := c.axes()
	spec := vegaBase(c.title, defaultWidth, defaultHeight)
	followsWidth(spec)
	if c.legend().empty() {
		withoutLegend(spec)
	}
	spec["data"] = map[string]any{"values": rows}
	spec["encoding"] = map[string]any{
		"x":       x.vega(map[string]any{"field": "x"}),
		"y":       y.vega(map[string]any{"field": "y"}),
		"color":   c.vegaColor(),
		"tooltip": tooltip("series", "", "#x", c.x, "#y", c.y),
	}
	pick := []any{map[string]any{"name": "pick", "bind": "legend",
		"select": map[string]any{"type": "point", "fields": []any{"series"}}}}
	marks := map[string]any{"type": "point", "filled": true, "size": 50}
	spec["layer"] = []any{
		c.vegaLayer("datum.layer === 'faint'", map[string]any{"type": "line", "strokeWidth": 1}, 0.4, nil),
		c.vegaLayer("datum.layer === 'line'", map[string]any{"type": "line", "strokeWidth": 2}, 1, pick),
		c.vegaLayer("datum.mark", marks, 1, nil),
	}
	return spec
}

// vegaLayer returns a layer with the rows that pass a filter. A click in the legend fades all other names.
func (c curves) vegaLayer(filter string, mark map[string]any, opacity float64, params []any) map[string]any {
	encoding := map[string]any{"opacity": map[string]any{
		"condition": map[string]any{"param": "pick", "value": opacity}, "value": opacity / 8,
	}}
	if mark["type"] == "line" {
		encoding["detail"] = map[string]any{"field": "part", "type": "nominal"}
		var names, dashes []any
		for _, entry := range c.legend().entries {
			dash := []any{1, 0}
			if entry.dashed {
				dash = []any{5, 3}
			}
			names, dashes = append(names, entry.name), append(dashes, dash)
		}
		if opacity == 1 && len(names) > 0 {
			encoding["strokeDash"] = map[string]any{"field": "series", "type": "nominal", "title": "",
				"scale": map[string]any{"domain": names, "range": dashes}}
		}
	}
	if mark["type"] == "point" {
		var names, shapes []any
		for _, entry := range c.legend().entries {
			names, shapes = append(names, entry.name), append(shapes, entry.marker.name())
		}
		if len(names) > 0 {
			encoding["shape"] = map[string]any{"field": "series", "type": "nominal", "title": "",
				"scale": map[string]any{"domain": names, "range": shapes}}
		}
	}
	layer := map[string]any{"mark": mark, "encoding": encoding,
		"transform": []any{map[string]any{"filter": filter}}}
	if params != nil {
		layer["params"] = params
	}
	return layer
}

// vegaColor returns the colour channel, with the colours of the legend.
func (c curves) vegaColor() map[string]any {
	l := c.legend()
	var names, colors []any
	for _, entry := range l.entries {
		names, colors = append(names, entry.name), append(colors, vegaColor(entry.color))
	}
	channel := map[string]any{"field": "series", "type": "nominal", "title": ""}
	if !l.empty() {
		channel["legend"] = map[string]any{"symbolOpacity": 1, "symbolSize": 90}
	}
	if len(names) > 0 {
		channel["scale"] = map[string]any{"domain": names, "range": colors}
	}
	return channel
}
