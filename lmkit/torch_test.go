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

// TestTorchWeights opens model directories that PyTorch wrote and compares logits and losses with PyTorch's.
func TestTorchWeights(t *testing.T) {
	data, err := os.ReadFile("testdata/torch/logits.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Tokens []int32
		Models map[string]struct {
			Logits     [][]float64
			Loss       float64
			Parameters int
		}
	}
	if err := json.Unmarshal(data, &golden); err != nil {
		t.Fatal(err)
	}
	for _, engine := range engines(t) {
		for name, want := range golden.Models {
			t.Run(engine+"/"+name, func(t *testing.T) {
				m, err := Open(filepath.Join("testdata/torch", name), engine)
				if err != nil {
					t.Fatal(err)
				}
				if got := m.Config.Parameters(); got != want.Parameters {
					t.Errorf("%d parameters, PyTorch has %d", got, want.Parameters)
				}
				tokens := m.Vocabulary.Decode(golden.Tokens)
				logits, err := m.Logits(tokens)
				if err != nil {
					t.Fatal(err)
				}
				for i := range want.Logits {
					for j := range want.Logits[i] {
						if d := math.Abs(float64(logits[i][j]) - want.Logits[i][j]); !(d < 1e-5) {
							t.Fatalf("logit %d of token %d: %v, PyTorch has %v", j, i, logits[i][j], want.Logits[i][j])
						}
					}
				}
				e, err := m.Evaluate(context.Background(), strings.Join(tokens, " "))
				if err != nil {
					t.Fatal(err)
				}
				if math.Abs(e.Loss-want.Loss) > 1e-5 || e.Tokens != len(tokens) {
					t.Errorf("%+v, PyTorch has loss %v", e, want.Loss)
				}
			})
		}
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
