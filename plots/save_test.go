package plots_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/plots"
)

func TestSaveErrors(t *testing.T) {
	chart := plots.Lines{Series: []plots.Series{{Y: []float64{1, 2}}}}
	for path, want := range map[string]string{
		"loss.gif": `loss.gif: no format ".gif"; end the name in .png, .svg, .pdf or .json`,
		"loss":     `loss: no format ""`,
		filepath.Join(t.TempDir(), "missing", "loss.png"): "cannot be written",
	} {
		err := plots.Save(path, chart)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v, want %q", path, err, want)
		}
	}
}

func TestSaveReplacesWhole(t *testing.T) {
	path := filepath.Join(t.TempDir(), "CHART.PNG") // extensions in either case
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := plots.Save(path, plots.Loss{}); err == nil {
		t.Fatal("saved without data")
	}
	if data, _ := os.ReadFile(path); string(data) != "old" {
		t.Error("a failed Save changed the file")
	}
	if err := plots.Save(path, plots.Diagram{}); err != nil {
		t.Fatal(err)
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if data, _ := os.ReadFile(path); string(data[1:4]) != "PNG" || len(entries) != 1 {
		t.Errorf("file begins with %q, directory has %d files", data[:4], len(entries))
	}
}
