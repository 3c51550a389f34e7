package lmkit

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"owlm/lmkit/backend"
	"owlm/lmkit/golden"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// engines are the engines that tests run on: the Go engine, and XLA where it is installed.
func engines(t testing.TB) []string {
	names := []string{backend.Go}
	if _, err := backend.Open(backend.XLACPU); err == nil && !testing.Short() {
		names = append(names, backend.XLACPU)
	}
	return names
}

// torchModels is logits.json, which PyTorch made (testdata/torch_models.py).
type torchModels struct {
	Tokens []int32
	// Models are model directories, Imported state dicts.
	Models, Imported map[string]struct {
		Logits     [][]float64
		Loss       float64
		Parameters int
	}
}

// TestTorchWeights opens model directories that PyTorch wrote and compares logits and losses with PyTorch's.
func TestTorchWeights(t *testing.T) {
	var g torchModels
	golden.Read(t, "testdata/torch/logits.json", &g)
	for _, engine := range engines(t) {
		logits := 0.0
		for name, want := range g.Models {
			t.Run(engine+"/"+name, func(t *testing.T) {
				m, err := Open(filepath.Join(golden.Path("testdata/torch"), name), engine)
				if err != nil {
					t.Fatal(err)
				}
				if got := m.Config.Parameters(); got != want.Parameters {
					t.Errorf("%d parameters, PyTorch has %d", got, want.Parameters)
				}
				tokens := m.Vocabulary.Decode(g.Tokens)
				logits = max(logits, largestDifference(t, m, g.Tokens, want.Logits))
				e, err := m.Evaluate(context.Background(), strings.Join(tokens, " "))
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(e.Loss-want.Loss) > 1e-5 || e.Tokens != len(tokens) {
					t.Errorf("%+v, PyTorch has loss %v", e, want.Loss)
				}
			})
		}
		golden.Agree(t, golden.Agreement{Comparison: "logits of PyTorch's models, " + engine, Cases: len(g.Models) * len(g.Tokens) * 7, Largest: logits, Limit: 1e-5})
	}
}

// TestTorchLoads loads a model that lmkit wrote into PyTorch, where that is installed: $LMKIT_TEST_TORCH, or python3.
func TestTorchLoads(t *testing.T) {
	python := os.Getenv("LMKIT_TEST_TORCH")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import safetensors.torch, torch").Run(); err != nil {
		t.Skip("PyTorch and safetensors are not installed; LMKIT_TEST_TORCH may name a Python that has them")
	}
	for _, config := range []Config{
		{Cell: rnn.RNN, EmbeddingSize: 5, HiddenSize: 6, Layers: 2}, {Cell: rnn.GRU, EmbeddingSize: 5, HiddenSize: 6, Layers: 1},
		{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 6, Layers: 2, TieWeights: true},
	} {
		m := newModel(t, backend.Go, config)
		dir := t.TempDir()
		if err := m.Save(dir); err != nil {
			t.Fatal(err)
		}
		output, err := exec.Command(python, "testdata/torch_load.py", dir, "3", "1", "4").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, output)
		}
		var want [][]float64
		if err := json.Unmarshal(output, &want); err != nil {
			t.Fatal(err)
		}
		logits, err := m.Logits(m.Vocabulary.Decode([]int32{3, 1, 4}))
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			for j := range want[i] {
				if d := math.Abs(float64(logits[i][j]) - want[i][j]); !(d < 1e-4) {
					t.Fatalf("%v: logit %d of token %d: %v, PyTorch has %v", config.Cell, j, i, logits[i][j], want[i][j])
				}
			}
		}
	}
}

// newModel is an untrained model of the owl's vocabulary.
func newModel(t testing.TB, engineName string, config Config) *Model {
	engine, err := backend.Open(engineName)
	if err != nil {
		t.Fatal(err)
	}
	tokenizer := text.Words{Lowercase: true}
	vocabulary, err := text.NewVocabulary(tokenizer.Tokenize(text.Owl), text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := New(engine, config, tokenizer, vocabulary, 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}
