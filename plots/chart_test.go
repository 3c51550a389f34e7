package plots_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"owlm/plots"
)

var (
	nan   = math.NaN()
	inf   = math.Inf(1)
	words = strings.Fields("once upon a time in a dense forest lived a wise old owl known for his wisdom animals " +
		"from all over the forest would come to ask advice")
)

func manyBars(horizontal bool) plots.Bars {
	flat, sharp := make([]float64, len(words)), make([]float64, len(words))
	for i := range words {
		flat[i], sharp[i] = 0.03+0.01*math.Sin(float64(i)), 0.2*math.Exp(-float64(i)/4)
	}
	return plots.Bars{Title: "Next token", Labels: words, Horizontal: horizontal, Group: "temperature",
		Groups: []plots.Group{{Name: "0.5", Values: sharp}, {Name: "1.5", Values: flat}}}
}

func wideHeatMap() plots.HeatMap {
	values := make([][]float64, 40)
	names := make([]string, 40)
	for i := range values {
		names[i] = fmt.Sprintf("unit %d", i)
		for j := range words {
			values[i] = append(values[i], math.Sin(float64(i*j)/17))
		}
	}
	return plots.HeatMap{Title: "Hidden state", X: "token", Y: "unit", Rows: names, Columns: words, Values: values,
		Diverging: true}
}

// valid lists charts that can be drawn, difficult ones among them.
var valid = map[string]plots.Chart{
	"lines": plots.Lines{Title: "Entropy", X: "temperature", Y: "nats", LogX: true,
		Series: []plots.Series{{Name: "owl", X: []float64{0.1, 1, 10}, Y: []float64{0, 2, 3}}}},
	"lines no names": plots.Lines{Series: []plots.Series{{Y: []float64{3, 1, 2}}}},
	"lines gaps": plots.Lines{Title: "Gaps", Series: []plots.Series{
		{Name: "a", Y: []float64{nan, 1, inf, 2, 3, nan, 4}}, {Name: "a", Y: []float64{-inf, 1e308}}}},
	"lines same": plots.Lines{Series: []plots.Series{
		{Name: "flat", Y: []float64{5, 5, 5}}, {Name: "flat", Y: []float64{5}}}},
	"lines log": plots.Lines{Title: "Zero and below", LogX: true, LogY: true,
		Series: []plots.Series{{Name: "a", X: []float64{-1, 0, 1, 2}, Y: []float64{1, 1, 0, 1e-20}}}},
	"lines extreme": plots.Lines{Series: []plots.Series{{Y: []float64{-1e300, 1e300, 5e-324}}}},
	"lines tiny":    plots.Lines{LogY: true, Series: []plots.Series{{Y: []float64{1e-300, 1e300, 5e-324}}}},
	"lines close":   plots.Lines{Series: []plots.Series{{Y: []float64{1, math.Nextafter(1, 2)}}}},
	"lines long": plots.Lines{Title: "Ten thousand steps",
		Series: []plots.Series{{Name: "loss", Y: decay(10000, 5, 1, 0.001)}}},
	"lines many": plots.Lines{Series: make10()},
	"loss": plots.Loss{Title: "Loss", Runs: []plots.Run{
		{Name: "LSTM", Losses: []float64{3, 2, 1.5}, Validation: []float64{3.1, 2.4, nan}},
		{Name: "GRU", Losses: []float64{3, 1}}}},
	"loss short log": plots.Loss{Log: true, Per: "step", Runs: []plots.Run{{Losses: []float64{3.3, 3.2, 3.1}}}},
	"bars": plots.Bars{
		Title:  "A title so long that it does not fit on the picture in one line and must be broken into two lines",
		Labels: []string{"\n", " ", "", "a\tb", "antidisestablishmentarianism!", "Ω"},
		Groups: []plots.Group{{Values: []float64{0.1, nan, 0.3, 0, -0.2, inf}}}},
	"bars upright": manyBars(false),
	"bars lying":   manyBars(true),
	"bars zero":    plots.Bars{Labels: []string{"a"}, Groups: []plots.Group{{Values: []float64{0}}}},
	"heat map": plots.HeatMap{Rows: []string{"x", "x"}, Columns: []string{"a", "b", "a"},
		Values: [][]float64{{1, nan, 3}, {inf, 5, -6}}, Format: "%.1f", Value: "value"},
	"heat map wide": wideHeatMap(),
	"heat map one":  plots.HeatMap{Title: "One", Rows: []string{"x"}, Columns: []string{"a"}, Values: [][]float64{{7}}},
	"scatter": plots.Scatter{Title: "Points", Points: []plots.Point{
		{1, 2, "a", ""}, {nan, 1, "b", ""}, {1, 2, "same place", ""}, {3, inf, "c", ""}}},
	"scatter one": plots.Scatter{Points: []plots.Point{{X: 1, Y: 1}}},
	"words": plots.Words{Title: "Surprise", Tokens: append([]string{"\n"}, words...),
		Values: append([]float64{nan}, decay(len(words), 6, 0.1, 0.2)...)},
	"diagram":      plots.Diagram{},
	"diagram lstm": plots.Diagram{Title: "LSTM", Cell: "LSTM", Steps: 4},
	"diagram one":  plots.Diagram{Cell: "GRU", Steps: 1},
}

func make10() []plots.Series {
	series := make([]plots.Series, 10)
	for i := range series {
		series[i] = plots.Series{Name: fmt.Sprintf("series %d", i), Y: []float64{float64(i), float64(i * i)}}
	}
	return series
}

func TestValid(t *testing.T) {
	for name, chart := range valid {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkVegaLite(t, chart)
			if text := chart.Text(); !strings.HasSuffix(text, "\n") || strings.Contains(text, "NaN") {
				t.Errorf("text:\n%s", text)
			}
			directory := t.TempDir()
			for _, extension := range []string{".png", ".svg", ".pdf", ".json"} {
				first := saved(t, directory, "1"+extension, chart)
				if testing.Short() && extension == ".png" {
					continue // slow; the golden images are compared anyway
				}
				if second := saved(t, directory, "2"+extension, chart); !bytes.Equal(first, second) {
					t.Errorf("%s: two files of the same chart differ", extension)
				}
				if extension == ".png" && len(first) > 100_000 {
					t.Errorf("PNG has %d bytes", len(first))
				}
				if extension == ".svg" && bytes.Contains(first, []byte("NaN")) {
					t.Error("NaN in SVG")
				}
			}
		})
	}
}

func saved(t *testing.T, directory, name string, chart plots.Chart) []byte {
	t.Helper()
	path := filepath.Join(directory, name)
	if err := plots.Save(path, chart); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil || len(data) == 0 {
		t.Fatalf("%s: %d bytes, %v", name, len(data), err)
	}
	return data
}

// checkVegaLite checks that JSON and gob can encode a specification.
func checkVegaLite(t *testing.T, chart plots.Chart) {
	t.Helper()
	spec := chart.VegaLite()
	checkTypes(t, "spec", spec)
	if _, err := json.Marshal(spec); err != nil {
		t.Error(err)
	}
	var message any = spec
	if err := gob.NewEncoder(&bytes.Buffer{}).Encode(&message); err != nil {
		t.Error(err)
	}
}

func checkTypes(t *testing.T, path string, value any) {
	t.Helper()
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			checkTypes(t, path+"."+key, inner)
		}
	case []any:
		for i, inner := range v {
			checkTypes(t, fmt.Sprintf("%s[%d]", path, i), inner)
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.Errorf("%s is %v", path, v)
		}
	case string, bool, int:
	default:
		t.Errorf("%s has type %T", path, value)
	}
}

func TestInvalid(t *testing.T) {
	tests := []struct {
		chart plots.Chart
		want  string
	}{
		{plots.Lines{Title: "none"}, `plots: lines "none": it has no series; give at least one`},
		{plots.Lines{Series: []plots.Series{{Y: []float64{nan, inf}}}}, "no point has finite values"},
		{plots.Lines{LogY: true, Series: []plots.Series{{Y: []float64{0, -1}}}}, "positive on the logarithmic axis"},
		{plots.Lines{Series: []plots.Series{{Name: "a", X: []float64{1}, Y: []float64{1, 2}}}}, "1 X and 2 Y values"},
		{plots.Loss{}, "plots: loss: it has no series"},
		{plots.Loss{Runs: []plots.Run{{Name: "empty"}}}, "no point has finite values"},
		{plots.Bars{}, "0 labels and 0 groups"},
		{plots.Bars{Labels: []string{"a", "b"}, Groups: []plots.Group{{Name: "g", Values: []float64{1}}}},
			`group 0 ("g") has 1 values for 2 labels`},
		{plots.Bars{Labels: []string{"a"}, Groups: []plots.Group{{Values: []float64{nan}}}}, "no value is finite"},
		{plots.HeatMap{}, "0 rows and 0 columns"},
		{plots.HeatMap{Rows: []string{"a"}, Columns: []string{"b"}}, "Values has 0 rows"},
		{plots.HeatMap{Rows: []string{"a"}, Columns: []string{"b"}, Values: [][]float64{{1, 2}}},
			"2 values for 1 columns"},
		{plots.HeatMap{Rows: []string{"a"}, Columns: []string{"b"}, Values: [][]float64{{nan}}}, "no value is finite"},
		{plots.HeatMap{Rows: []string{"a"}, Columns: []string{"b"}, Values: [][]float64{{1}}, Min: 2, Max: 1},
			"no range of colours"},
		{plots.Scatter{Points: []plots.Point{{X: nan}}}, "none of its 1 points"},
		{plots.Words{}, "0 tokens and 0 values"},
		{plots.Words{Tokens: []string{"a"}, Values: []float64{nan}}, "no value is finite"},
		{plots.Diagram{Steps: 9}, "Steps is 9; give 1 to 8"},
		{plots.Diagram{Steps: -1}, "Steps is -1"},
		{plots.LiveLoss(), "no series"},
	}
	for _, test := range tests {
		_, err := test.chart.Plot()
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%#v: error %v, want one line with %q", test.chart, err, test.want)
		}
		checkVegaLite(t, test.chart)
		_ = test.chart.Text()
		for _, extension := range []string{".png", ".json"} {
			path := filepath.Join(t.TempDir(), "chart"+extension)
			if err := plots.Save(path, test.chart); err == nil {
				t.Errorf("%s of %#v was saved", extension, test.chart)
			}
			if _, err := os.Stat(path); err == nil {
				t.Errorf("%s was written in spite of an error", path)
			}
		}
	}
}

// TestAnyNumbers checks that numbers of any bits neither panic nor give a specification that JSON cannot encode.
func TestAnyNumbers(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	number := func() float64 { return math.Float64frombits(random.Uint64()) }
	three := func() []float64 { return []float64{number(), number(), number()} }
	either := func() bool { return random.IntN(2) == 0 }
	names := []string{"a", "b", "c"}
	for range 50 {
		charts := []plots.Chart{
			plots.Lines{LogX: either(), LogY: either(), Series: []plots.Series{{X: three(), Y: three()}}},
			plots.Loss{Log: either(), Runs: []plots.Run{{Losses: three(), Validation: three()}}},
			plots.Bars{Labels: names, Top: random.IntN(4), Groups: []plots.Group{{Values: three()}, {Values: three()}}},
			plots.HeatMap{Rows: names, Columns: names, Values: [][]float64{three(), three(), three()},
				Diverging: either(), Format: "%.2g"},
			plots.Words{Tokens: names, Values: three()},
			plots.Scatter{Points: []plots.Point{{number(), number(), "a", ""}, {number(), number(), "b", "g"}}},
		}
		for _, chart := range charts {
			checkVegaLite(t, chart)
			_ = chart.Text()
			if p, err := chart.Plot(); err == nil {
				p.Draw(draw.New(vgimg.New(200, 100)))
			}
		}
	}
}
