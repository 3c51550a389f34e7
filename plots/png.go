package plots

import (
	"bytes"
	"cmp"
	"image"
	"image/color"
	"image/png"
	"slices"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// dotsPerInch is the resolution of PNG files: two dots to the CSS pixel.
const dotsPerInch = 192

// encodePNG returns the chart as a PNG file.
func encodePNG(c Chart) ([]byte, error) {
	target, err := drawOn(c, func(width, height vg.Length) vg.CanvasSizer {
		return vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dotsPerInch))
	})
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	err = encoder.Encode(&data, paletted(target.(*vgimg.Canvas).Image().(*image.RGBA)))
	return data.Bytes(), err
}

// paletted reduces a picture to its 256 most frequent colours, which makes the file a third as large. Charts have few
// colours: the others are the soft edges of letters and lines, and get the nearest colour.
func paletted(from *image.RGBA) *image.Paletted {
	counts := map[color.RGBA]int{}
	stretches(from, func(c color.RGBA, start, end int) { counts[c] += end - start })
	colors := make([]color.RGBA, 0, len(counts))
	for c := range counts {
		colors = append(colors, c)
	}
	slices.SortFunc(colors, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]),
			cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	kept := colors[:min(256, len(colors))]
	place := make(map[color.RGBA]uint8, len(colors))
	for i, c := range colors {
		if i < len(kept) {
			place[c] = uint8(i)
		} else {
			place[c] = nearest(kept, c)
		}
	}
	palette := make(color.Palette, len(kept))
	for i, c := range kept {
		palette[i] = c
	}
	result := image.NewPaletted(from.Bounds(), palette)
	stretches(from, func(c color.RGBA, start, end int) {
		for i := start; i < end; i++ {
			result.Pix[i] = place[c]
		}
	})
	return result
}

// stretches calls visit for each stretch of neighbouring pixels of one colour. Most stretches are long.
func stretches(from *image.RGBA, visit func(c color.RGBA, start, end int)) {
	at := func(i int) color.RGBA { return color.RGBA{from.Pix[4*i], from.Pix[4*i+1], from.Pix[4*i+2], 0xFF} }
	start, pixels := 0, len(from.Pix)/4
	for i := 1; i <= pixels; i++ {
		if i == pixels || at(i) != at(start) {
			visit(at(start), start, i)
			start = i
		}
	}
}

// nearest returns the index of the colour that is nearest to c.
func nearest(colors []color.RGBA, c color.RGBA) uint8 {
	best, least := 0, 1<<30
	for i, other := range colors {
		r, g, b := int(c.R)-int(other.R), int(c.G)-int(other.G), int(c.B)-int(other.B)
		if distance := r*r + g*g + b*b; distance < least {
			best, least = i, distance
		}
	}
	return uint8(best)
}
