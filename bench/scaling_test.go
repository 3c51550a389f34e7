package bench

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestScalingWorkloads checks that each size is varied alone, and that the base is measured once.
func TestScalingWorkloads(t *testing.T) {
	names := make(map[string]bool)
	for _, w := range Scaling() {
		if names[w.Name] {
			t.Errorf("%q is listed twice", w.Name)
		}
		names[w.Name] = true
		var differ []string
		for _, s := range sizes {
			if *s.of(&w) != *s.of(new(scalingBase)) {
				differ = append(differ, s.name)
			}
		}
		if name, _, _ := strings.Cut(w.Name, " "); strings.Join(differ, " ") != strings.TrimPrefix(name, "base") {
			t.Errorf("%q differs from the base in %q", w.Name, differ)
		}
	}
	for _, s := range sizes {
		for _, value := range s.values {
			if !names[s.with(value).Name] {
				t.Errorf("%s %d is not measured", s.name, value)
			}
		}
	}
}

// TestScaling draws a run on a shell script. At 1024 time steps it is ten times slower, and needs 15872000 bytes more,
// for 992 x 16 tokens.
func TestScaling(t *testing.T) {
	path := filepath.Join(t.TempDir(), "system")
	script := `#!/bin/sh
case "$1" in
*'"hidden":512'*) echo 'out of memory' >&2; exit 1;;
*'"sequence":1024'*) echo '{"first":3.2,"compile":3,"times":[0.2],"memory":16872000}';;
*) echo '{"first":2.02,"compile":2,"times":[0.02],"memory":1000000}';;
esac
`
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	report, err := Run(t.Context(), Scaling(), []System{{Name: "xla:cpu", command: []string{path}}}, 1, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var output bytes.Buffer
	if err := report.WriteScaling(&output); err != nil {
		t.Fatal(err)
	}
	want := "From 32 to 1024 time steps compiling takes 1.50 times as long, " +
		"and memory grows by 1.0 KB for each token of a batch."
	if !strings.Contains(output.String(), want) || !strings.Contains(output.String(), "Left out: hidden 512") {
		t.Errorf("no %q in\n%s", want, &output)
	}
	sequence, err := report.scalingChart(sizes[0])
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{10, 1.5, 16.872} {
		line := sequence.Series[i]
		if len(line.X) != 5 || line.Y[0] != 1 || line.Y[4] < want*0.999 || line.Y[4] > want*1.001 {
			t.Errorf("%s: %v against %v, want %v at the end", line.Name, line.Y, line.X, want)
		}
	}
	if hidden, err := report.scalingChart(sizes[1]); err != nil || len(hidden.Series[0].X) != 4 {
		t.Errorf("a measurement that failed is not left out: %v, %v", hidden.Series[0].X, err)
	}
	dir := filepath.Join(t.TempDir(), "results")
	if err := report.SaveScaling(dir); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		ScalingFile, "scaling-sequence.png", "scaling-hidden.png", "scaling-batch.png", "scaling-vocabulary.png",
	} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if err := (&Report{}).SaveScaling(dir); err == nil {
		t.Error("a run without the base was drawn")
	}
}
