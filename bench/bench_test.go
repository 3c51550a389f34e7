package bench

import (
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/lmkit/backend"
	"owlm/lmkit/text"
)

// TestMeasure measures a small workload of each kind on the Go engine, like the processes that Run starts.
func TestMeasure(t *testing.T) {
	small := Workload{
		Cell: "gru", Vocabulary: 7, Embedding: 3, Hidden: 4, Layers: 2, Batch: 2, Sequence: 3,
		Warm: 1, Seconds: 0.01, Least: 2,
	}
	for _, kind := range []Kind{Train, Generate, Products, Tutorial} {
		for _, every := range []bool{false, true} {
			w := small
			w.Name, w.Kind, w.EveryStep = string(kind), kind, every
			m, err := Measure(t.Context(), w, backend.Go)
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			if m.First <= 0 || kind != Tutorial && len(m.Times) < 2 || kind == Tutorial && m.First < 1e-3 {
				t.Errorf("%s: first %v, %d times", kind, m.First, len(m.Times))
			}
		}
	}
	if _, err := Measure(t.Context(), Workload{Kind: "fly"}, backend.Go); err == nil {
		t.Error("a kind that does not exist was measured")
	}
}

func TestOperations(t *testing.T) {
	// One layer, one token: a product of 4*3 rows with 2 inputs and 3 states, and 5 rows of logits with 3.
	w := Workload{Kind: Train, Cell: "lstm", Vocabulary: 5, Embedding: 2, Hidden: 3, Layers: 1, Batch: 1, Sequence: 1}
	if got, want := w.Operations(), 6.0*(12*(2+3)+5*3); got != want {
		t.Errorf("%v operations, want %v", got, want)
	}
	w.Sequence = 2 // logits of the last step only
	if got, want := w.Operations(), 6.0*(2*12*(2+3)+5*3); got != want {
		t.Errorf("%v operations, want %v", got, want)
	}
	w.EveryStep = true
	if got, want := w.Operations(), 6.0*2*(12*(2+3)+5*3); got != want {
		t.Errorf("%v operations, want %v", got, want)
	}
	if got := (Workload{Kind: Products, Hidden: 10}).Operations(); got != 2000 {
		t.Errorf("%v operations, want 2000", got)
	}
}

func TestRandomText(t *testing.T) {
	tokens := text.Words{}.Tokenize(randomText(50, 200))
	v, err := text.NewVocabulary(tokens, text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(tokens) != 200 || v.Len() != 50 {
		t.Errorf("%d tokens, %d of them different", len(tokens), v.Len())
	}
}

// TestMemorySettings checks which settings of memory each system starts with, if lmkit's own or a user's are set.
func TestMemorySettings(t *testing.T) {
	program := []string{"sh", "-c", `echo "{\"version\":\"$` + backend.MemoryVariable + `\"}"`}
	const users = "glibc.malloc.perturb=0"
	for _, c := range []struct {
		set    string
		memory memory
		want   string
	}{
		{backend.MemoryTuning, own, backend.MemoryTuning},
		{backend.MemoryTuning, untuned, ""},
		{backend.MemoryTuning, tuned, backend.MemoryTuning},
		{users, own, users},
		{users, untuned, users},
		{users, tuned, backend.MemoryTuning},
	} {
		t.Setenv(backend.MemoryVariable, c.set)
		m, err := System{command: program, memory: c.memory}.measure(t.Context(), Workload{})
		if err != nil || m.Version != c.want {
			t.Errorf("%v, with %q set: %q, %v, want %q", c.memory, c.set, m.Version, err, c.want)
		}
	}
	for _, s := range PeersOf("python") {
		if got := s.memory == tuned; got != strings.HasSuffix(s.Name, Tuned) || s.memory == own {
			t.Errorf("%s: settings %v", s.Name, s.memory)
		}
	}
}

func TestSpeed(t *testing.T) {
	for _, c := range []struct {
		times, peer []float64
		want        float64
	}{
		{[]float64{1, 2, 4}, []float64{2, 6, 4}, 2},
		{[]float64{1, 4, 4}, []float64{2, 8, 2}, 2}, // the medians' ratio is 1/2
		{[]float64{1, 4}, []float64{2}, 0},
		{[]float64{1}, nil, 0},
	} {
		if got := speed(c.times, c.peer); got != c.want {
			t.Errorf("speed of %v to %v is %v, want %v", c.times, c.peer, got, c.want)
		}
	}
}

// TestRun runs workloads on systems that are shell scripts.
func TestRun(t *testing.T) {
	script := func(name, measurement string) System {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+measurement+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return System{Name: name, command: []string{path}}
	}
	systems := []System{
		script("go", `echo '{"first":2,"times":[0.3,0.1,0.2],"memory":3145728,"version":"lmkit 1 on go"}'`),
		script(PyTorch, `echo '{"first":1,"times":[0.4,0.4],"memory":1048576,"version":"PyTorch 2.15"}'`),
		script(JAX, `echo 'no module named jax' >&2; exit 1`),
		script(PyTorch+Tuned, `echo '{"first":1,"times":[0.1],"memory":1048576,"version":"PyTorch 2.15"}'`),
	}
	systems[1].Short = true
	workloads := []Workload{
		{Name: "long", Kind: Products, Hidden: 10, Long: true},
		{Name: "products", Kind: Products, Hidden: 1000},
		{Name: "W1", Kind: Train, Cell: "rnn", Vocabulary: 10, Embedding: 10, Hidden: 10, Layers: 1,
			Batch: 10, Sequence: 10},
	}
	report, err := Run(t.Context(), workloads, systems, 2, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Rows) != 8 || len(report.Skipped) != 3 ||
		!strings.Contains(report.Skipped[0], "no module named jax") {
		t.Fatalf("rows %+v, skipped %q", report.Rows, report.Skipped)
	}
	row := report.Rows[5]
	if row.Workload != "W1" || row.System != "go" || row.Median != 0.2 || row.Rounds != 2 || row.First != 2 ||
		row.Memory != 3145728 {
		t.Errorf("row %+v", row)
	}
	for name, pair := range map[string][2]float64{
		"speed to PyTorch": {row.SpeedToPyTorch, 2},
		"speed to JAX":     {row.SpeedToJAX, 0},
		"tokens/s":         {row.TokensPerSecond, 500},
		"limit":            {row.Limit, (6 * (100*200 + 1000) / 0.2) / (2e9 / 0.1)},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-12 {
			t.Errorf("%s: %v, want %v", name, pair[0], pair[1])
		}
	}
	dir := filepath.Join(t.TempDir(), "results")
	if err := report.Save(dir); err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile(filepath.Join(dir, TableFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"| W1 | go | 200 ms | 200 ms to 200 ms | 2.00 |  | 500 | 0 % | 2 s | 3 MB |",
		"| W1 | PyTorch tuned | 100 ms | 100 ms to 100 ms | 4.00 |",
		backend.MemoryTuning,
	} {
		if !bytes.Contains(table, []byte(want)) {
			t.Errorf("no %q in\n%s", want, table)
		}
	}
	if bytes.Contains(table, []byte(os.Args[0])) && filepath.IsAbs(os.Args[0]) {
		t.Errorf("the table names a path of this machine:\n%s", table)
	}
}
