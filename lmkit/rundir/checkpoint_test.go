package rundir

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/files"
	"owlm/internal/want"
)

// writeSteps writes the checkpoints after some steps of a run, which hold nothing but the step.
func writeSteps(t *testing.T, dir, spared string, steps ...int) {
	t.Helper()
	for _, step := range steps {
		path, err := WriteCheckpoint(dir, step, spared, func(temporary string) error {
			return files.WriteJSON(filepath.Join(temporary, PositionFile), Position{Step: step})
		})
		if err != nil {
			t.Fatal(err)
		}
		if p, err := Verify(path); err != nil || p.Step != step {
			t.Fatalf("%s: %+v, %v", path, p, err)
		}
	}
}

// damage changes a byte of a checkpoint.
func damage(t *testing.T, dir string, step int) {
	t.Helper()
	path := filepath.Join(Checkpoints(dir), CheckpointName(step), PositionFile)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	data[0] ^= 1
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestKeptCheckpoints writes checkpoints of steps with eight digits and with nine: the newest stay, and the spared one.
func TestKeptCheckpoints(t *testing.T) {
	dir := t.TempDir()
	writeSteps(t, dir, filepath.Join(Checkpoints(dir), CheckpointName(5)), 5, 99999997, 99999998, 99999999, 100000000)
	want := []string{"step-00000005", "step-99999998", "step-99999999", "step-100000000"}
	if names, err := List(dir); err != nil || !slices.Equal(names, want) {
		t.Errorf("%q, %v; want %q", names, err, want)
	}
	path, p, err := Newest(dir, func(message string) { t.Error(message) })
	if err != nil || p.Step != 100000000 || path != filepath.Join(Checkpoints(dir), want[3]) {
		t.Errorf("%s, %+v, %v", path, p, err)
	}
}

// TestDamagedLater goes back to the best checkpoint because the newer ones are damaged: what is written then stays.
func TestDamagedLater(t *testing.T) {
	dir := t.TempDir()
	best := filepath.Join(Checkpoints(dir), CheckpointName(10))
	writeSteps(t, dir, best, 10, 20, 30, 40)
	for _, step := range []int{20, 30, 40} {
		damage(t, dir, step)
	}
	var passed []string
	warn := func(message string) { passed = append(passed, message) }
	if path, _, err := Newest(dir, warn); err != nil || path != best || len(passed) != 3 {
		t.Fatalf("%s, %v, %q", path, err, passed)
	}
	writeSteps(t, dir, best, 15)
	if _, p, err := Newest(dir, warn); err != nil || p.Step != 15 {
		t.Errorf("%+v, %v", p, err)
	}
	writeSteps(t, dir, best, 20) // in the place of a damaged one
	if _, p, err := Newest(dir, warn); err != nil || p.Step != 20 {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestKilledWriter finds what a killed run left half written: it is no checkpoint, and the next one removes it.
func TestKilledWriter(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a [run]")
	left := filepath.Join(Checkpoints(dir), temporaryPrefix+"123")
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	if path, _, err := Newest(dir, func(message string) { t.Error(message) }); err != nil || path != "" {
		t.Errorf("%q, %v", path, err)
	}
	_, err := WriteCheckpoint(dir, 1, "", func(string) error { return errors.New("the disk is full") })
	want.Error(t, err, Checkpoints(dir), "the disk is full")
	writeSteps(t, dir, "", 1)
	entries, err := os.ReadDir(Checkpoints(dir))
	if err != nil || len(entries) != 1 || strings.HasPrefix(entries[0].Name(), ".") {
		t.Errorf("%v, %v", entries, err)
	}
}
