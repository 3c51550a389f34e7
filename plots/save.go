package plots

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Save writes a chart to a file. The extension chooses the format: .png (two dots to the CSS pixel), .svg, .pdf or
// .json (Vega-Lite v5). The file appears complete or not at all, and the same chart gives the same bytes.
func Save(path string, c Chart) error {
	extension := strings.ToLower(filepath.Ext(path))
	encode, ok := encoders[extension]
	if !ok {
		return fmt.Errorf("plots: %s: no format %q; end the name in .png, .svg, .pdf or .json", path, extension)
	}
	data, err := encode(c)
	if err != nil {
		return err
	}
	if err := renameio.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("plots: %s cannot be written: %w", path, err)
	}
	return nil
}

// encoders maps extensions to formats.
var encoders = map[string]func(Chart) ([]byte, error){
	".png": encodePNG, ".svg": encodeSVG, ".pdf": encodePDF, ".json": encodeJSON,
}

// drawOn draws the chart, with a margin, on a canvas of its size.
func drawOn(c Chart, newCanvas func(width, height vg.Length) vg.CanvasSizer) (vg.CanvasSizer, error) {
	p, err := c.Plot()
	if err != nil {
		return nil, err
	}
	width, height := sizeOf(c)
	target := newCanvas(vg.Length(width)*px, vg.Length(height)*px)
	area := draw.New(target)
	fillRectangle(area, white, area.Min.X, area.Min.Y, area.Max.X, area.Max.Y)
	const margin = 8 * px
	p.Draw(draw.Crop(area, margin, -margin, margin, -margin))
	return target, nil
}

// svgFont adds fonts to the one that vgsvg names. Readers without that one then see letters of the same widths, not a
// serif font.
var svgFont = strings.NewReplacer(
	"font-family:Liberation Sans;", "font-family:Liberation Sans,Arial,Helvetica,sans-serif;")

// encodeSVG returns the chart as an SVG file.
func encodeSVG(c Chart) ([]byte, error) {
	target, err := drawOn(c, func(width, height vg.Length) vg.CanvasSizer { return vgsvg.New(width, height) })
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	if _, err := target.(*vgsvg.Canvas).WriteTo(&data); err != nil {
		return nil, err
	}
	return []byte(svgFont.Replace(data.String())), nil
}

// encodeJSON returns the chart's Vega-Lite specification.
func encodeJSON(c Chart) ([]byte, error) {
	if _, err := c.Plot(); err != nil {
		return nil, err
	}
	data, err := json.MarshalIndent(c.VegaLite(), "", " ")
	if err != nil {
		return nil, fmt.Errorf("plots: the Vega-Lite specification cannot be written as JSON: %w", err)
	}
	return append(data, '\n'), nil
}
