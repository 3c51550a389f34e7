package lmkit

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/enginetest"
	"owlm/internal/golden"
	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// engines are the engines that tests run on: the Go engine, and XLA unless they are short.
func engines(t testing.TB) []string { return enginetest.Names(t) }

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

// TestLogitsLikeTorch opens model directories that PyTorch wrote and compares logits and losses with PyTorch's.
func TestLogitsLikeTorch(t *testing.T) {
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

// torchPython is a Python with PyTorch and safetensors: $LMKIT_TEST_TORCH, or python3. Without one the test is skipped.
func torchPython(t *testing.T) string {
	t.Helper()
	python := os.Getenv("LMKIT_TEST_TORCH")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import safetensors.torch, torch").Run(); err != nil {
		t.Skip("PyTorch and safetensors are not installed; LMKIT_TEST_TORCH may name a Python that has them")
	}
	return python
}

// runPython runs a script and reads the JSON that it prints.
func runPython(t *testing.T, result any, python string, args ...string) {
	t.Helper()
	var stderr bytes.Buffer
	command := exec.Command(python, args...)
	command.Stderr = &stderr
	output, err := command.Output()
	if err == nil {
		err = json.Unmarshal(output, result)
	}
	if err != nil {
		t.Fatalf("%q: %v\n%s", args, err, stderr.String())
	}
}

// TestLoadsInTorch loads models that lmkit wrote with load_state_dict, and compares logits.
func TestLoadsInTorch(t *testing.T) {
	python := torchPython(t)
	largest, cases := 0.0, 0
	for _, config := range []Config{
		{Cell: rnn.RNN, EmbeddingSize: 5, HiddenSize: 6, Layers: 2}, {Cell: rnn.GRU, EmbeddingSize: 5, HiddenSize: 6, Layers: 1},
		{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 6, Layers: 2, TieWeights: true},
	} {
		m := newModel(t, backend.Go, config)
		dir := t.TempDir()
		if err := m.Save(dir); err != nil {
			t.Fatal(err)
		}
		var want [][]float64
		runPython(t, &want, python, "testdata/torch_load.py", dir, "3", "1", "4")
		largest = max(largest, largestDifference(t, m, []int32{3, 1, 4}, want))
		cases += len(want) * len(want[0])
	}
	golden.Agree(t, golden.Agreement{Comparison: "logits of lmkit's models, loaded with load_state_dict", Cases: cases, Largest: largest, Limit: 1e-4})
}

// TestRoundTripInTorch trains for 5 epochs here, 5 more in PyTorch, by way of lmkit_torch.py, and evaluates what comes back.
func TestRoundTripInTorch(t *testing.T) {
	python := torchPython(t)
	perplexities, different, cases := 0.0, 0, 0
	compare := func(dir string, want text.Evaluation) float64 {
		m, err := Open(dir, backend.Go)
		if err != nil {
			t.Fatal(err)
		}
		got, err := m.Evaluate(context.Background(), text.Owl)
		if err != nil {
			t.Fatal(err)
		}
		perplexities = max(perplexities, math.Abs(got.Perplexity-want.Perplexity)/want.Perplexity)
		cases++
		return got.Perplexity
	}
	words, bpe := text.Words{Lowercase: true}, text.BPE{VocabularySize: 270}
	for _, test := range []struct {
		config    Config
		tokenizer text.Tokenizer
	}{
		{Config{Cell: rnn.RNN, EmbeddingSize: 8, HiddenSize: 12, Layers: 2}, words},
		{Config{Cell: rnn.LSTM, EmbeddingSize: 12, HiddenSize: 12, Layers: 1, TieWeights: true}, words},
		{Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 2}, words},
		{Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 2, ResetBefore: true}, words},
		{Config{Cell: rnn.LSTM, EmbeddingSize: 8, HiddenSize: 12, Layers: 1}, bpe},
	} {
		for _, objective := range []Objective{Windows{Length: 5}, Stream{Length: 4}} {
			dir, out := filepath.Join(t.TempDir(), "lmkit"), filepath.Join(t.TempDir(), "torch")
			m := train(t, TrainConfig{Model: test.config, Tokenizer: test.tokenizer, Objective: objective, BatchSize: 4, Epochs: 5, LearningRate: 0.01, Directory: dir, Backend: backend.Go})
			var want struct {
				Before, After text.Evaluation
				Greedy        []string
			}
			tokens := fileOf(t, "tokens.txt", strings.Join(m.Tokenizer.Tokenize(text.Owl), "\n"))
			prompt := strings.Join(m.Tokenizer.Tokenize("Once upon a time"), " ")
			runPython(t, &want, python, "testdata/torch_companion.py", dir, out, tokens, "5", prompt)
			if before, after := compare(dir, want.Before), compare(out, want.After); !(after < before) {
				t.Errorf("%v, %T: perplexity %v, after PyTorch's training %v", test.config, objective, before, after)
			}
			samples, err := m.Samples(context.Background(), "Once upon a time", GenerateConfig{Length: 50}, 1)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(samples[0].Tokens, want.Greedy) {
				different++
				t.Errorf("%v, %T: greedy %q, PyTorch writes %q", test.config, objective, samples[0].Tokens, want.Greedy)
			}
		}
	}
	golden.Agree(t, golden.Agreement{Comparison: "perplexity, relative, before and after training in PyTorch", Cases: cases, Largest: perplexities, Limit: 1e-4})
	golden.Agree(t, golden.Agreement{Comparison: "greedy continuations that lmkit_torch.py writes otherwise", Cases: cases / 2, Largest: float64(different)})
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

// TestSideBySideInTorch runs the Python program that docs/pytorch.md shows, which prints what Example_pyTorch does.
func TestSideBySideInTorch(t *testing.T) {
	python := torchPython(t)
	command := exec.Command(python, "testdata/torch_side.py")
	command.Env = append(os.Environ(), "PYTHONPATH=..")
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
	golden.Agree(t, golden.Agreement{Comparison: "what the two programs of docs/pytorch.md print, if it differs", Cases: strings.Count(want, "\n"), Largest: different})
}
