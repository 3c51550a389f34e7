package train

import (
	"context"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/enginetest"
	"owlm/internal/golden"
	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// engines returns the engines that tests run on: the Go engine, and XLA except in short mode.
func engines(t testing.TB) []string { return enginetest.Names(t) }

// TestRoundTripInTorch trains for 5 epochs here and 5 more in PyTorch, with lmkit_torch.py, and evaluates the model
// that comes back.
func TestRoundTripInTorch(t *testing.T) {
	python := golden.Python(t)
	perplexities, different, cases := 0.0, 0, 0
	compare := func(dir string, want dataset.Evaluation) float64 {
		m, err := lmkit.Open(dir, backend.Go)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Evaluate(context.Background(), corpora.Owl, lmkit.EvaluateConfig{})
		if err != nil {
			t.Fatal(err)
		}
		perplexities = max(perplexities, math.Abs(got.Perplexity-want.Perplexity)/want.Perplexity)
		cases++
		return got.Perplexity
	}
	words, bpe := text.Words{Lowercase: true}, text.BPE{VocabularySize: 270}
	for _, test := range []struct {
		config    network.Config
		tokenizer text.Tokenizer
	}{
		{network.Config{Cell: rnn.RNN, EmbeddingSize: 8, HiddenSize: 12, Layers: 2}, words},
		{network.Config{Cell: rnn.LSTM, EmbeddingSize: 12, HiddenSize: 12, Layers: 1, TieWeights: true}, words},
		{network.Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 2}, words},
		{network.Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 2, ResetBefore: true}, words},
		{network.Config{Cell: rnn.LSTM, EmbeddingSize: 8, HiddenSize: 12, Layers: 1}, bpe},
	} {
		for _, objective := range []Objective{Windows{Length: 5}, Stream{Length: 4}} {
			dir, out := filepath.Join(t.TempDir(), "lmkit"), filepath.Join(t.TempDir(), "torch")
			m := train(t, Config{Model: test.config, Tokenizer: test.tokenizer, Objective: objective, BatchSize: 4,
				Epochs: 5, LearningRate: 0.01, Directory: dir, Backend: backend.Go})
			var torch struct {
				Before, After dataset.Evaluation
				Greedy        []string
			}
			tokens := want.File(t, "tokens.txt", strings.Join(m.Tokenizer.Tokenize(corpora.OwlText), "\n"))
			prompt := strings.Join(m.Tokenizer.Tokenize("Once upon a time"), " ")
			golden.RunPython(t, &torch, python, "testdata/torch_companion.py", dir, out, tokens, "5", prompt)
			if before, after := compare(dir, torch.Before), compare(out, torch.After); !(after < before) {
				t.Errorf("%v, %T: perplexity %v, after PyTorch's training %v", test.config, objective, before, after)
			}
			samples, err := m.Samples(context.Background(), "Once upon a time", lmkit.GenerateConfig{Length: 50}, 1)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(samples[0].Tokens, torch.Greedy) {
				different++
				t.Errorf("%v, %T: greedy %q, PyTorch writes %q", test.config, objective, samples[0].Tokens,
					torch.Greedy)
			}
		}
	}
	golden.Agree(t, golden.Agreement{Comparison: "perplexity, relative, before and after training in PyTorch",
		Cases: cases, Largest: perplexities, Limit: 1e-4})
	golden.Agree(t, golden.Agreement{Comparison: "greedy continuations that lmkit_torch.py writes otherwise",
		Cases: cases / 2, Largest: float64(different)})
}

// TestSideBySideInTorch runs the Python program in docs/pytorch.md and compares its output with that of
// Example_pyTorch.
func TestSideBySideInTorch(t *testing.T) {
	python := golden.Python(t)
	command := exec.Command(python, "testdata/torch_side.py")
	command.Env = append(os.Environ(), "PYTHONPATH=../..")
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	example, err := os.ReadFile("side_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, want, _ := strings.Cut(string(example), "\t// Output:\n\t// ")
	want = strings.ReplaceAll(strings.TrimSuffix(want, "}\n"), "\n\t// ", "\n")
	different := 0.0
	if string(output) != want {
		different = 1
		t.Errorf("PyTorch prints\n%s, lmkit\n%s", output, want)
	}
	golden.Agree(t, golden.Agreement{Comparison: "what the two programs of docs/pytorch.md print, if it differs",
		Cases: strings.Count(want, "\n"), Largest: different})
}
