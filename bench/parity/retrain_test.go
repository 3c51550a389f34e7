package parity

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// trained trains a small model and returns the directory of the run.
func trained(t *testing.T, change func(*train.Config)) string {
	t.Helper()
	c := train.Config{
		Model:     network.Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 8, Layers: 1},
		Tokenizer: text.Characters{}, Vocabulary: text.VocabularyOptions{Unknown: "<unk>"},
		Objective: train.Stream{Length: 6}, BatchSize: 3, Epochs: 3,
		LearningRate: 0.01, Schedule: "cosine", Clip: 1, ClipValue: 0.5,
		Valid: 0.2, Test: 0.1, Seed: 1, Backend: "go", TextName: "owl",
		Directory: filepath.Join(t.TempDir(), "run"),
	}
	change(&c)
	if _, err := train.Run(t.Context(), text.Source{Name: "owl", Open: corpora.Owl.Open}, c); err != nil {
		t.Fatal(err)
	}
	return c.Directory
}

// standIn returns a program that prints what the script would print, and fails the second time.
func standIn(t *testing.T) string {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("it is a shell script")
	}
	path := filepath.Join(t.TempDir(), "python")
	script := `#!/bin/sh
if [ -e "$0.ran" ]; then echo "Traceback" >&2; echo "ValueError: twice" >&2; exit 1; fi
touch "$0.ran"
echo '{"epoch":1,"loss":3.5,"valid_loss":3.25}'
echo '{"epoch":2,"loss":3.0,"valid_loss":3.125}'
echo '{"test_loss":3.0,"steps":24,"seconds":1.5,"version":"2.15.0"}'
`
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRetrain(t *testing.T) {
	python, out := standIn(t), filepath.Join(t.TempDir(), "results", "owl")
	first := trained(t, func(*train.Config) {})
	second := trained(t, func(c *train.Config) { c.Seed = 2 })
	var log bytes.Buffer
	r, err := Retrain(t.Context(), checkout, python, []string{first}, []int{2}, out, &log)
	if err != nil {
		t.Fatal(err)
	}
	ours, theirs := r.Trainings[0], r.Trainings[1]
	if len(ours.Epochs) != 3 || ours.Valid.Loss != *ours.Epochs[2].ValidLoss || ours.Test == nil || ours.Seed != 1 {
		t.Errorf("lmkit's: %+v", ours)
	}
	if len(theirs.Epochs) != 2 || theirs.Valid.Loss != 3.125 || theirs.Test.Loss != 3 ||
		theirs.Versions["torch"] != "2.15.0" || theirs.Steps != 24 {
		t.Errorf("PyTorch's: %+v", theirs)
	}
	// A character is a token, so the loss in bits is bits per character, except that the first one is not predicted.
	predicted := float64(theirs.Valid.Tokens - 1)
	want := 3.125 / math.Ln2 * predicted / float64(theirs.Valid.Tokens)
	if math.Abs(theirs.Valid.BitsPerCharacter-want) > 1e-9 {
		t.Errorf("%v bits per character, not %v", theirs.Valid.BitsPerCharacter, want)
	}
	table, err := os.ReadFile(out + ".md")
	for _, part := range []string{
		"owl: GRU, layers x size 1 x 8", "| PyTorch | 1 | 22.76 |", "| Kneser-Ney, order 2 |  |", "torch 2.15.0",
		r.SHA256,
	} {
		if err != nil || !strings.Contains(string(table), part) {
			t.Errorf("the table lacks %q: %v\n%s", part, err, table)
		}
	}
	// The first training is saved and not made again; the second fails, and what was saved stays.
	_, err = Retrain(t.Context(), checkout, python, []string{first, second}, nil, out, &log)
	if err == nil || !strings.Contains(err.Error(), "ValueError: twice") ||
		strings.Count(log.String(), "training in PyTorch") != 2 {
		t.Errorf("%v\n%s", err, log.String())
	}
	if kept, err := readRetraining(out); err != nil || len(kept.Trainings) != 2 {
		t.Errorf("what was saved is gone: %v", err)
	}
}

func TestRetrainRefuses(t *testing.T) {
	python := standIn(t)
	first := trained(t, func(*train.Config) {})
	const other = "not those of the first run"
	for name, c := range map[string]struct {
		dir, want string
	}{
		"another model":   {trained(t, func(c *train.Config) { c.Model.HiddenSize = 9 }), other},
		"another dropout": {trained(t, func(c *train.Config) { c.Dropout.Outputs = 0.5 }), other},
		"another split":   {trained(t, func(c *train.Config) { c.Valid = 0.3 }), other},
		"no run":          {t.TempDir(), "holds no training run"},
		"nothing to test": {trained(t, func(c *train.Config) { c.Valid = 0 }), "--valid"},
	} {
		runs := []string{first, c.dir}
		if name == "nothing to test" {
			runs = runs[1:]
		}
		os.Remove(python + ".ran")
		_, err := Retrain(t.Context(), checkout, python, runs, nil, "", &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	damaged := filepath.Join(t.TempDir(), "owl")
	os.WriteFile(damaged+".json", []byte("{"), 0o644)
	_, err := Retrain(t.Context(), checkout, python, []string{first}, nil, damaged, &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "remove it") {
		t.Errorf("damaged results: %v", err)
	}
}

// TestRetrainInTorch runs the script with each optimizer, and checks that the losses are close after a short training
// at a low rate.
func TestRetrainInTorch(t *testing.T) {
	python := os.Getenv("LMKIT_TEST_TORCH")
	if python == "" {
		t.Skip("set LMKIT_TEST_TORCH to a Python that has torch, safetensors and numpy")
	}
	for _, optimizer := range train.Optimizers {
		t.Run(optimizer, func(t *testing.T) {
			dir := trained(t, func(c *train.Config) {
				c.Optimizer, c.Schedule, c.Epochs, c.Model.Cell, c.Model.Layers = optimizer, "step", 8, rnn.LSTM, 2
				c.Initial = network.InitialWeights{Range: 0.1, ForgetBias: 1}
				c.Model.Dropout, c.Dropout = 0.1, train.Dropout{Embeddings: 0.1, Outputs: 0.1}
				if optimizer == "sgd" {
					c.LearningRate = 1
				}
			})
			r, err := Retrain(t.Context(), checkout, python, []string{dir}, nil, "", &bytes.Buffer{})
			if err != nil {
				t.Fatal(err)
			}
			perplexity, _ := r.Apart()
			start, end := r.Trainings[1].Epochs[0].Loss, r.Trainings[1].Epochs[7].Loss
			if perplexity > 0.1 || end > start || r.Trainings[0].Steps != r.Trainings[1].Steps {
				t.Errorf("%.3f apart; PyTorch's loss went from %.3f to %.3f", perplexity, start, end)
			}
			t.Log(r.Trainings[0].Valid.Perplexity, r.Trainings[1].Valid.Perplexity)
		})
	}
}
