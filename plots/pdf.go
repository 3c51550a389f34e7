package plots

import (
	"bytes"
	"regexp"

	"codeberg.org/go-pdf/fpdf"
	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgpdf"
)

func init() {
	// Fonts in a fixed order: the same chart, the same bytes. vgpdf offers no way to one document.
	fpdf.SetDefaultCatalogSort(true)
}

// pdfCanvas gives bold and italic fonts names of their own: vgpdf 0.15 registers every font as
// upright and then looks for the bold one.
type pdfCanvas struct{ *vgpdf.Canvas }

func (c pdfCanvas) FillString(face font.Face, at vg.Point, text string) {
	if face.Font.Weight == xfont.WeightBold {
		face.Font.Typeface += "Bold"
		face.Font.Weight = xfont.WeightNormal
	}
	if face.Font.Style == xfont.StyleItalic {
		face.Font.Typeface += "Italic"
		face.Font.Style = xfont.StyleNormal
	}
	c.Canvas.FillString(face, at, text)
}

// pdfDate is replaced by a date of the same length, so that offsets hold and no clock is in the file.
var pdfDate = regexp.MustCompile(`\(D:\d{14}\)`)

func encodePDF(c Chart) ([]byte, error) {
	target, err := drawOn(c, func(width, height vg.Length) vg.CanvasSizer { return pdfCanvas{vgpdf.New(width, height)} })
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	if _, err := target.(pdfCanvas).WriteTo(&data); err != nil {
		return nil, err
	}
	return pdfDate.ReplaceAll(data.Bytes(), []byte("(D:20000101000000)")), nil
}
