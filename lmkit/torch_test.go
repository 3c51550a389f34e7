package lmkit_test

import (
	"math"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/golden"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// torchModels is logits.json, which testdata/torch_models.py makes with PyTorch.
type torchModels struct {
	Tokens []int32
	// Models has model directories, Imported state dicts.
	Models, Imported map[string]struct {
		Logits     [][]float64
		Loss       float64
		Parameters int
	}
}

// TestLogitsLikeTorch opens model directories that PyTorch wrote and compares logits and losses with PyTorch's.
func TestLogitsLikeTorch(t *testing.T) {
	var g torchModels
	golden.Read(t, "testdata/torch/logits.json", &g)
	for _, engine := range engines(t) {
		logits := 0.0
		for name, want := range g.Models {
			t.Run(engine+"/"+name, func(t *testing.T) {
				m, err := lmkit.Open(filepath.Join(golden.Path("testdata/torch"), name), engine)
				if err != nil {
					t.Fatal(err)
				}
				if got := m.Config.Parameters(); got != want.Parameters {
					t.Errorf("%d parameters, PyTorch has %d", got, want.Parameters)
				}
				tokens := m.Vocabulary.Decode(g.Tokens)
				logits = max(logits, largestDifference(t, m, g.Tokens, want.Logits))
				source := text.String("", strings.Join(tokens, " "))
				e, err := m.Evaluate(t.Context(), source, lmkit.EvaluateConfig{})
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(e.Loss-want.Loss) > 1e-5 || e.Tokens != len(tokens) {
					t.Errorf("%+v, PyTorch has loss %v", e, want.Loss)
				}
			})
		}
		golden.Agree(t, golden.Agreement{
			Comparison: "logits of PyTorch's models, " + engine, Cases: len(g.Models) * len(g.Tokens) * 7,
			Largest: logits, Limit: 1e-5,
		})
	}
}

// TestLoadsInTorch loads models that lmkit wrote into PyTorch, with load_state_dict, and compares logits.
func TestLoadsInTorch(t *testing.T) {
	python := golden.Python(t)
	largest, cases := 0.0, 0
	for _, config := range []network.Config{
		{Cell: rnn.RNN, EmbeddingSize: 5, HiddenSize: 6, Layers: 2},
		{Cell: rnn.GRU, EmbeddingSize: 5, HiddenSize: 6, Layers: 1},
		{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 6, Layers: 2, TieWeights: true},
	} {
		m := newModel(t, backend.Go, config)
		dir := t.TempDir()
		if err := m.Save(dir); err != nil {
			t.Fatal(err)
		}
		var want [][]float64
		golden.RunPython(t, &want, python, "testdata/torch_load.py", dir, "3", "1", "4")
		largest = max(largest, largestDifference(t, m, []int32{3, 1, 4}, want))
		cases += len(want) * len(want[0])
	}
	golden.Agree(t, golden.Agreement{
		Comparison: "logits of lmkit's models, loaded with load_state_dict", Cases: cases,
		Largest: largest, Limit: 1e-4,
	})
}

// largestDifference compares the logits of a model with those of another program.
func largestDifference(t *testing.T, m *lmkit.Model, ids []int32, want [][]float64) float64 {
	t.Helper()
	logits, err := m.Logits(t.Context(), m.Vocabulary.Decode(ids))
	if err != nil {
		t.Fatal(err)
	}
	largest := 0.0
	for i := range want {
		for j := range want[i] {
			largest = max(largest, math.Abs(float64(logits[i][j])-want[i][j]))
		}
	}
	return largest
}
