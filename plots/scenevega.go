package plots

import "math"

// vega draws the scene with the marks of Vega-Lite: rect, line, point (arrow heads) and text, on
// scales that are pixels.
func (s scene) vega() map[string]any {
	spec := vegaBase(s.title, int(s.width), int(s.height))
	spec["autosize"] = "pad" // the scene keeps its size, the title comes on top
	spec["config"].(map[string]any)["axis"].(map[string]any)["disable"] = true
	withoutLegend(spec)
	spec["encoding"] = map[string]any{"x": s.pixels("x", s.width, false), "y": s.pixels("y", s.height, true)}
	layers := s.vegaPaths()
	layers = append(layers, s.vegaBoxes()...)
	spec["layer"] = append(layers, s.vegaWords()...)
	return spec
}

func (s scene) pixels(field string, end float64, reverse bool) map[string]any {
	return map[string]any{"field": field, "type": "quantitative",
		"scale": map[string]any{"domain": []any{0.0, end}, "nice": false, "zero": false, "reverse": reverse}}
}

func vegaLayer(rows []any, mark, encoding map[string]any) map[string]any {
	return map[string]any{"data": map[string]any{"values": rows}, "mark": mark, "encoding": encoding}
}

// raw takes a field's value as it is: a colour, an angle.
func raw(field, kind string, colors ...any) map[string]any {
	scale := map[string]any{"type": "identity"}
	if colors != nil {
		scale = map[string]any{"domain": colors, "range": colors}
	}
	return map[string]any{"field": field, "type": kind, "scale": scale}
}

func (s scene) vegaBoxes() []any {
	var layers []any
	for _, b := range s.boxes { // a layer each: corners are a property of the mark
		row := map[string]any{"x": b.left, "x2": b.right, "y": b.top, "y2": b.bottom}
		radius := min(b.radius, (b.right-b.left)/2, (b.bottom-b.top)/2)
		mark := map[string]any{"type": "rect", "cornerRadius": radius, "fill": hex(b.fill),
			"stroke": hex(b.stroke), "strokeWidth": 1.6}
		encoding := map[string]any{"x2": map[string]any{"field": "x2"}, "y2": map[string]any{"field": "y2"}}
		layers = append(layers, vegaLayer([]any{row}, mark, encoding))
	}
	return layers
}

func (s scene) vegaPaths() []any {
	lines, heads := []any{}, []any{}
	var colors []any
	known := map[string]bool{}
	for i, p := range s.paths {
		color := hex(p.color)
		if !known[color] {
			known[color], colors = true, append(colors, color)
		}
		for order, v := range p.shaft() {
			lines = append(lines, map[string]any{"x": v.x, "y": v.y, "path": i, "order": order, "color": color})
		}
		if p.arrow {
			tip, angle := p.points[len(p.points)-1], p.direction()
			heads = append(heads, map[string]any{"x": tip.x - math.Cos(angle)*arrowHead/2,
				"y": tip.y - math.Sin(angle)*arrowHead/2, "angle": angle*180/math.Pi + 90, "color": color})
		}
	}
	shaft := map[string]any{"type": "line", "strokeWidth": 1.6}
	detail := map[string]any{"detail": map[string]any{"field": "path", "type": "nominal"},
		"order": map[string]any{"field": "order", "type": "quantitative"}, "color": raw("color", "nominal", colors...)}
	// The path goes from (0,-1) to the corners (0.38,0.5) left and right, enlarged by the square
	// root of size: as long and wide as the head of the other renderer.
	head := map[string]any{"type": "point", "filled": true, "opacity": 1, "size": arrowHead * arrowHead,
		"shape": "M0,-0.5L0.42,0.5L-0.42,0.5Z", "strokeWidth": 0}
	turn := map[string]any{"angle": raw("angle", "quantitative"), "color": raw("color", "nominal", colors...)}
	return []any{vegaLayer(lines, shaft, detail), vegaLayer(heads, head, turn)}
}

func (s scene) vegaWords() []any {
	var layers []any
	for _, w := range s.words { // a layer each: alignment and size are properties of the mark
		mark := map[string]any{"type": "text", "align": "right", "baseline": "middle", "fontSize": w.size, "color": hex(w.color)}
		small := map[string]any{"type": "text", "align": "left", "baseline": "middle", "fontSize": w.size * 0.72,
			"color": hex(w.color), "dx": 1, "dy": w.subscriptDrop()}
		if w.italic {
			mark["fontStyle"], small["fontStyle"] = "italic", "italic"
		}
		row := map[string]any{"x": w.split(), "y": w.y, "base": w.base, "subscript": w.subscript}
		layers = append(layers, vegaLayer([]any{row}, mark, map[string]any{"text": map[string]any{"field": "base", "type": "nominal"}}))
		if w.subscript != "" {
			layers = append(layers, vegaLayer([]any{row}, small, map[string]any{"text": map[string]any{"field": "subscript", "type": "nominal"}}))
		}
	}
	return layers
}
