package plots

import (
	"bytes"
	"regexp"

	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

// pdfCanvas draws letters as outlines. vgpdf 0.15 would embed only one font, under the name of all, and has no
// characters beyond code page 1252.
type pdfCanvas struct{ *vgpdf.Canvas }

// FillString draws a text.
func (c pdfCanvas) FillString(face font.Face, at vg.Point, text string) {
	if path := outline(face, at, text); path != nil {
		c.Fill(path)
	}
}

// outline returns the text as a path whose baseline begins at a point.
func outline(face font.Face, at vg.Point, text string) vg.Path {
	var buffer sfnt.Buffer
	var path vg.Path
	units := face.Face.UnitsPerEm()
	size := fixed.I(int(units)) // so that lengths come in units of the font
	scale := face.Font.Size / vg.Length(units) / 64
	var before sfnt.GlyphIndex
	for i, letter := range text {
		glyph, err := face.Face.GlyphIndex(&buffer, letter)
		if err != nil {
			continue
		}
		if i > 0 {
			if kern, err := face.Face.Kern(&buffer, before, glyph, size, 0); err == nil {
				at.X += vg.Length(kern) * scale
			}
		}
		before = glyph
		if segments, err := face.Face.LoadGlyph(&buffer, glyph, size, nil); err == nil {
			path = append(path, glyphPath(segments, at, scale)...)
		}
		if advance, err := face.Face.GlyphAdvance(&buffer, glyph, size, 0); err == nil {
			at.X += vg.Length(advance) * scale
		}
	}
	return path
}

// glyphPath converts a font's curves, whose y axis points down, to a path at a point.
func glyphPath(segments sfnt.Segments, at vg.Point, scale vg.Length) vg.Path {
	var path vg.Path
	place := func(p fixed.Point26_6) vg.Point {
		return vg.Point{X: at.X + vg.Length(p.X)*scale, Y: at.Y - vg.Length(p.Y)*scale}
	}
	for i, s := range segments {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if i > 0 {
				path.Close()
			}
			path.Move(place(s.Args[0]))
		case sfnt.SegmentOpLineTo:
			path.Line(place(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			path.QuadTo(place(s.Args[0]), place(s.Args[1]))
		case sfnt.SegmentOpCubeTo:
			path.CubeTo(place(s.Args[0]), place(s.Args[1]), place(s.Args[2]))
		}
	}
	if len(path) > 0 {
		path.Close()
	}
	return path
}

// pdfDate matches a date. It is replaced by one of the same length, so that the file does not depend on the clock and
// its offsets stay right.
var pdfDate = regexp.MustCompile(`\(D:\d{14}\)`)

// encodePDF returns the chart as a PDF file.
func encodePDF(c Chart) ([]byte, error) {
	target, err := drawOn(c, func(width, height vg.Length) vg.CanvasSizer {
		return pdfCanvas{vgpdf.New(width, height)}
	})
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	if _, err := target.(pdfCanvas).WriteTo(&data); err != nil {
		return nil, err
	}
	return pdfDate.ReplaceAll(data.Bytes(), []byte("(D:20000101000000)")), nil
}
