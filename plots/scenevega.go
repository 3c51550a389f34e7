package plots

import "math"

// vega returns the scene for Vega-Lite. Its marks are rect, line, point (arrow heads) and text, on scales in pixels.
func (s scene) vega() map[string]any {
	spec := vegaBase(s.title, int(s.width), int(s.height))
	spec["autosize"] = "pad" // the scene keeps its size, and the title adds to it
	spec["config"].(map[string]any)["axis"].(map[string]any)["disable"] = true
	withoutLegend(spec)
	spec["encoding"] = map[string]any{"x": s.pixels("x", s.width, false), "y": s.pixels("y", s.height, true)}
	layers := s.vegaPaths()
	layers = append(layers, s.vegaBoxes()...)
	spec["layer"] = append(layers, s.vegaWords()...)
	return spec
}

// pixels returns a position channel in pixels, from 0 to end.
func (s scene) pixels(field string, end float64, reverse bool) map[string]any {
	return map[string]any{"field": field, "type": "quantitative",
		"scale": map[string]any{"domain": []any{0.0, end}, "nice": false, "zero": false, "reverse": reverse}}
}

// vegaLayer returns a layer with its own rows.
func vegaLayer(rows []any, mark, encoding map[string]any) map[string]any {
	return map[string]any{"data": map[string]any{"values": rows}, "mark": mark, "encoding": encoding}
}

// vegaBoxes returns a layer for each box.
func (s scene) vegaBoxes() []any {
	var layers []any
	for _, b := range s.boxes { // a layer for each, because corners are a property of the mark
		row := map[string]any{"x": b.left, "x2": b.right, "y": b.top, "y2": b.bottom}
		radius := min(b.radius, (b.right-b.left)/2, (b.bottom-b.top)/2)
		mark := map[string]any{"type": "rect", "cornerRadius": radius, "fill": hex(b.color),
			"fillOpacity": b.tint, "stroke": hex(b.color), "strokeWidth": 1.6}
		encoding := map[string]any{"x2": map[string]any{"field": "x2"}, "y2": map[string]any{"field": "y2"}}
		layers = append(layers, vegaLayer([]any{row}, mark, encoding))
	}
	return layers
}

// vegaPaths returns a layer for each path, and one for each head.
func (s scene) vegaPaths() []any {
	var layers []any
	for _, p := range s.paths {
		rows := []any{}
		for order, v := range p.shaft() {
			rows = append(rows, map[string]any{"x": v.x, "y": v.y, "order": order})
		}
		shaft := map[string]any{"type": "line", "strokeWidth": 1.6, "color": vegaColor(p.color)}
		order := map[string]any{"order": map[string]any{"field": "order", "type": "quantitative"}}
		layers = append(layers, vegaLayer(rows, shaft, order))
		if !p.arrow {
			continue
		}
		// The shape's unit is half the square root of size. The head is as long and wide as the other renderer's, and
		// points up before it is turned.
		tip, angle := p.points[len(p.points)-1], p.direction()
		middle := map[string]any{"x": tip.x - math.Cos(angle)*arrowHead/2, "y": tip.y - math.Sin(angle)*arrowHead/2}
		head := map[string]any{"type": "point", "filled": true, "opacity": 1, "color": vegaColor(p.color),
			"strokeWidth": 0, "size": 4 * arrowHead * arrowHead, "shape": "M0,-0.5L0.42,0.5L-0.42,0.5Z",
			"angle": angle*180/math.Pi + 90}
		layers = append(layers, vegaLayer([]any{middle}, head, map[string]any{}))
	}
	return layers
}

// vegaWords returns a layer for each base and one for each subscript.
func (s scene) vegaWords() []any {
	var layers []any
	channel := func(field string) map[string]any {
		return map[string]any{"text": map[string]any{"field": field, "type": "nominal"}}
	}
	for _, w := range s.words { // a layer for each, because alignment and size are properties of the mark
		mark := map[string]any{"type": "text", "align": "right", "baseline": "middle", "fontSize": w.size,
			"color": vegaColor(w.color)}
		small := map[string]any{"type": "text", "align": "left", "baseline": "middle", "fontSize": w.size * 0.72,
			"color": vegaColor(w.color), "dx": 1, "dy": w.subscriptDrop()}
		if w.italic {
			mark["fontStyle"], small["fontStyle"] = "italic", "italic"
		}
		row := map[string]any{"x": w.split(), "y": w.y, "base": w.base, "subscript": w.subscript}
		layers = append(layers, vegaLayer([]any{row}, mark, channel("base")))
		if w.subscript != "" {
			layers = append(layers, vegaLayer([]any{row}, small, channel("subscript")))
		}
	}
	return layers
}
