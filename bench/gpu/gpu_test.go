package gpu

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"owlm/bench"
	"owlm/lmkit/backend"
)

// TestMain measures a workload if it is called as lmkit would be.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "measure" {
		json.NewEncoder(os.Stdout).Encode(bench.Measurement{First: 2, Times: []float64{0.004, 0.002, 0.003}})
		return
	}
	os.Exit(m.Run())
}

// TestRun runs everything on the Go engine, with a Python that is not there.
func TestRun(t *testing.T) {
	w := Workloads()[0]
	saved, log := 0, &strings.Builder{}
	r, err := Run(t.Context(), Options{
		Program: os.Args[0], Python: "no-such-python", Engine: backend.Go, Workloads: []bench.Workload{w}, Log: log,
		Save: func(r *Report) error { saved = len(r.Rows); return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	if saved != 3 || r.Rows[0].Step != 0.003 || r.Rows[0].Tokens != float64(w.Batch*w.Sequence)/0.003 {
		t.Errorf("%d rows were saved; the first is %+v", saved, r.Rows[0])
	}
	for cell, difference := range r.Parity {
		if difference != 0 {
			t.Errorf("%s: the Go engine's losses differ from its own by %v", cell, difference)
		}
	}
	for _, want := range []string{
		"| W1 | lmkit | 3.0 ms | 2.0 to 4.0 ms | 26667 | - | 2.0 s |",
		"| W1 | PyTorch, cuDNN | failed: exec: \"no-such-python\": executable file not found in $PATH",
		"by at most 0.0e+00 (rnn), 0.0e+00 (lstm) and 0.0e+00 (gru), relative.",
	} {
		if !strings.Contains(r.Table(), want) {
			t.Errorf("no %q in\n%s", want, r.Table())
		}
	}
}

func TestTableShare(t *testing.T) {
	r := &Report{Parity: map[string]float64{}, Rows: []Row{
		{Workload: "W2", System: lstm, Step: 0.01}, {Workload: "W2", System: cudnn, Step: 0.02},
	}}
	if !strings.Contains(r.Table(), "| W2 | lmkit | 10.0 ms | 0.0 to 0.0 ms | 0 | 2.00 | 0.0 s |") {
		t.Errorf("the share of cuDNN's speed is not 2:\n%s", r.Table())
	}
}
