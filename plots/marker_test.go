package plots

import (
	"fmt"
	"image/color"
	"math"
	"testing"
)

// blindness has the matrices of Machado et al. (2009) for complete colour blindness, on linear RGB.
var blindness = map[string][3][3]float64{
	"none":         {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia":   {{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998}},
	"deuteranopia": {{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881}},
	"tritanopia":   {{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900}},
	"no colours":   {{0.2126, 0.7152, 0.0722}, {0.2126, 0.7152, 0.0722}, {0.2126, 0.7152, 0.0722}},
}

// lab returns a colour as somebody sees it, in CIE L*a*b* (D65).
func lab(c color.RGBA, eyes [3][3]float64) (l, a, b float64) {
	linear := func(v uint8) float64 {
		if s := float64(v) / 255; s > 0.04045 {
			return math.Pow((s+0.055)/1.055, 2.4)
		}
		return float64(v) / 255 / 12.92
	}
	rgb := [3]float64{linear(c.R), linear(c.G), linear(c.B)}
	var seen [3]float64
	for i, row := range eyes {
		for j, v := range row {
			seen[i] += v * rgb[j]
		}
		seen[i] = max(0, min(1, seen[i]))
	}
	f := func(t float64) float64 {
		if t > 0.008856 {
			return math.Cbrt(t)
		}
		return 7.787*t + 16.0/116
	}
	x := f((0.4124*seen[0] + 0.3576*seen[1] + 0.1805*seen[2]) / 0.9505)
	y := f(0.2126*seen[0] + 0.7152*seen[1] + 0.0722*seen[2])
	z := f((0.0193*seen[0] + 0.1192*seen[1] + 0.9505*seen[2]) / 1.089)
	return 116*y - 16, 500 * (x - y), 200 * (y - z)
}

// TestToldApart looks at the first three series, more than most charts have, with other eyes: their colours still
// differ. All eight of the palette differ in the shape of their marks.
func TestToldApart(t *testing.T) {
	const least = 10 // 2.3 is a just noticeable difference
	for name, eyes := range blindness {
		for i := range 3 {
			for j := range i {
				l1, a1, b1 := lab(seriesColor(i), eyes)
				l2, a2, b2 := lab(seriesColor(j), eyes)
				distance := math.Sqrt((l1-l2)*(l1-l2) + (a1-a2)*(a1-a2) + (b1-b2)*(b1-b2))
				t.Logf("%s: %d and %d: %.1f", name, j, i, distance)
				if distance < least && name != "no colours" {
					t.Errorf("%s: series %d and %d are %.1f apart, want %d", name, j, i, distance, least)
				}
			}
		}
	}
	shapes := map[string]int{}
	for i := range okabeIto {
		if j, taken := shapes[marker(i).name()]; taken {
			t.Errorf("series %d and %d have the same shape", j, i)
		}
		shapes[marker(i).name()] = i
		if corners := markerCorners[marker(i).name()]; i > 0 && len(corners) < 3 {
			t.Errorf("series %d has no shape", i)
		}
	}
}

func TestMarked(t *testing.T) {
	part := make([]point, 80)
	for _, test := range []struct {
		line curve
		want string
	}{
		{curve{points: part, color: 0}, "[5 15 25 35 45 55 65 75]"},
		{curve{points: part, color: 1}, "[8 18 28 38 48 58 68 78]"},
		{curve{points: part, color: 2}, "[1 11 21 31 41 51 61 71]"},
		{curve{points: part, faint: true}, "[]"},
	} {
		var got []int
		for i, marked := range test.line.marked(part) {
			if marked {
				got = append(got, i)
			}
		}
		if fmt.Sprint(got) != test.want {
			t.Errorf("line %d: marks at %v, want %v", test.line.color, got, test.want)
		}
	}
	short := curve{points: part[:20]}
	for i, marked := range short.marked(part[:20]) {
		if !marked {
			t.Errorf("point %d of a short line has no mark", i)
		}
	}
}
