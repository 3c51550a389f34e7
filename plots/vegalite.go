package plots

// vegaSchema is the version of Vega-Lite that all charts use.
const vegaSchema = "https://vega.github.io/schema/vega-lite/v5.json"

// vegaBase returns what every specification begins with. The size is that of the whole picture, as in Plot. The
// background is the page's. Charts are drawn as SVG, because on a canvas pageInk is black on any page.
func vegaBase(title string, width, height int) map[string]any {
	spec := map[string]any{
		"$schema":  vegaSchema,
		"width":    width,
		"height":   height,
		"usermeta": map[string]any{"embedOptions": map[string]any{"renderer": "svg"}},
		"autosize": map[string]any{"type": "fit", "contains": "padding"},
		"config": map[string]any{
			"background": "transparent",
			"font":       "Liberation Sans, Arial, Helvetica, sans-serif",
			"padding":    8,
			"title":      map[string]any{"fontSize": titleSize, "offset": 10, "color": pageInk},
			"view":       map[string]any{"stroke": "transparent"},
			"axis": map[string]any{
				"labelFontSize": tickSize, "titleFontSize": labelSize, "titleFontWeight": "normal",
				"gridColor": pageInk, "gridOpacity": 0.13, "domainColor": hex(axisGrey), "tickColor": hex(axisGrey),
				"labelColor": pageInk, "titleColor": pageInk, "titlePadding": 7,
			},
			"legend": map[string]any{
				"labelFontSize": tickSize, "titleFontSize": labelSize,
				"labelColor": pageInk, "titleColor": pageInk, "symbolStrokeWidth": 2,
			},
		},
	}
	if title != "" {
		lines := []any{}
		for _, line := range wrap(title, float64(width)-60) {
			lines = append(lines, line)
		}
		spec["title"] = lines
	}
	return spec
}

// followsWidth marks a chart that is as readable at another width. Vega-Lite ignores the mark; the script of the
// notebooks' pages obeys it.
func followsWidth(spec map[string]any) { spec["usermeta"].(map[string]any)["followsWidth"] = true }

// withoutLegend hides all legends. "legend": null would hide one, but gob cannot send nil.
func withoutLegend(spec map[string]any) {
	spec["config"].(map[string]any)["legend"].(map[string]any)["disable"] = true
}

// tooltip returns fields with the names that the reader sees. The arguments are field, title, field, title, ...
// A field whose name begins with # is a number, shown with four significant digits.
func tooltip(fields ...string) []any {
	var list []any
	for i := 0; i+1 < len(fields); i += 2 {
		field, title := fields[i], fields[i+1]
		if title == "" {
			title = field
		}
		if field[0] == '#' {
			list = append(list, map[string]any{"field": field[1:], "title": title, "type": "quantitative",
				"format": ".4~g"})
		} else {
			list = append(list, map[string]any{"field": field, "title": title, "type": "nominal"})
		}
	}
	return list
}

// anySlice converts a slice to the type that gob can send.
func anySlice[T any](values []T) []any {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = v
	}
	return list
}
