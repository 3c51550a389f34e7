package main

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// quick returns the command line of a run that takes only moments.
func quick(dir string, more ...string) []string {
	return append(words("train --text owl --out %s --embedding 8 --hidden 12 --layers 1 --epochs 3", dir), more...)
}

func TestTrainEvalGenerate(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "owl")
	out := done(t, quick(dir)...)
	if strings.Count(out, "Epoch [") != 3 || !strings.Contains(out, "Model in "+dir) {
		t.Fatalf("train:\n%s", out)
	}
	var evaluation struct {
		Tokens           int
		Loss, Perplexity float64
	}
	out = done(t, "eval", "--model", dir, "--text", "owl", "--json")
	err := json.Unmarshal([]byte(out), &evaluation)
	if err != nil || evaluation.Tokens != 43 || math.Abs(math.Log(evaluation.Perplexity)-evaluation.Loss) > 1e-9 {
		t.Errorf("eval: %v\n%s", err, out)
	}
	generate := append(words("generate --model %s --length 20 --temperature 0.5 --prompt", dir), "Once upon a time")
	first, second := done(t, generate...), done(t, generate...)
	list := strings.Fields(first)
	if first != second || len(list) != 24 || strings.Count(first, "\n") != 1 {
		t.Errorf("generate:\n%s%s", first, second)
	}
	vocabulary := (text.Words{Lowercase: true}).Tokenize(corpora.OwlText)
	for _, word := range list[4:] {
		if !slices.Contains(vocabulary, word) {
			t.Errorf("generated %q", word)
		}
	}
	out = done(t, append(generate, "--json", "--samples", "2", "--top-p", "0.9")...)
	var generated struct {
		Samples []struct {
			Prompt, Text string
			Tokens       []string
		}
	}
	err = json.Unmarshal([]byte(out), &generated)
	if err != nil || len(generated.Samples) != 2 || len(generated.Samples[1].Tokens) != 20 ||
		!strings.HasPrefix(generated.Samples[0].Text, "Once upon a time ") {
		t.Errorf("generate --json: %v\n%s", err, out)
	}
	out = done(t, "generate", "--model", dir, "--prompt", "the owl", "--length", "0", "--detokenize")
	if out != "the owl\n" {
		t.Errorf("generate nothing: %q", out)
	}
}

func TestResumeAndFrom(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "run")
	done(t, quick(dir, "--checkpoint-every", "4", "--seed", "7")...)
	// Only flags that are typed change the run: sizes, seed and the text stay.
	var result struct{ Steps, Epochs int }
	out := done(t, words("train --out %s --resume --epochs 5 --json", dir)...)
	if err := json.Unmarshal([]byte(out), &result); err != nil || result.Epochs != 5 || result.Steps != 15 {
		t.Errorf("resume: %v\n%s", err, out)
	}
	other := words("train --text owl --out %s --resume --hidden 13", dir)
	fails(t, other, exitFailed, "hidden_size was 12 and is now 13")
	fails(t, words("train --out %s-none --resume", dir), exitUsage, "missing --text", dir+"-none")
	next := filepath.Join(t.TempDir(), "next")
	done(t, words("train --text owl --out %s --from %s --epochs 1", next, dir)...)
	other = words("train --text owl --out %s2 --from %s --hidden 13", next, dir)
	fails(t, other, exitFailed, "hidden_size is 12, not 13")
	fails(t, words("train --text owl --out %s3 --from %s --tokens character", next, dir), exitFailed, "tokenizer")
}

// TestResumeLibraryRun resumes a run of the library whose token for unknown words is not the command's.
func TestResumeLibraryRun(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "run")
	_, err := train.Run(t.Context(), corpora.Owl, train.Config{
		Model:     lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 8, HiddenSize: 12, Layers: 1},
		Objective: train.Windows{Length: 5}, BatchSize: 16, Epochs: 1, LearningRate: 0.01, CheckpointEvery: 1,
		Valid: 0.2, Vocabulary: text.VocabularyOptions{Unknown: "?"}, Directory: dir,
	})
	if err != nil {
		t.Fatal(err)
	}
	done(t, words("train --resume --text owl --out %s --epochs 2", dir)...)
}

// TestInfinitePerplexity trains until the perplexity of the finite loss is larger than any number: in JSON it is null.
func TestInfinitePerplexity(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "run")
	out := done(t, quick(dir, "--optimizer", "sgd", "--learning-rate", "20000", "--epochs", "1", "--json")...)
	evaluated := done(t, words("eval --model %s --text owl --json", dir)...)
	for _, out := range []string{out, evaluated} {
		var result struct{ Loss, Perplexity *float64 }
		if err := json.Unmarshal([]byte(out), &result); err != nil || *result.Loss < 710 || result.Perplexity != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// TestRecipe trains with a recipe and flags that override it, and reads the settings of the run.
func TestRecipe(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "run")
	book := filepath.Join(t.TempDir(), "book.txt")
	if err := os.WriteFile(book, []byte(strings.Repeat(corpora.OwlText, 30)), 0o644); err != nil {
		t.Fatal(err)
	}
	args := words("train --text %s --out %s --recipe char-rnn --lowercase --sequence 8 --batch 4 --embedding 6 "+
		"--hidden 8 --steps 6 --keep-best --validate-every 2 --sample-every 3 --sample-length 5 --sample-prompt",
		book, dir)
	out := done(t, append(args, "the ")...)
	if strings.Count(out, "Validation: ") != 3 || strings.Count(out, "Sample: the ") != 2 ||
		!strings.Contains(out, "the model has these weights") {
		t.Fatal(out)
	}
	c, err := train.ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.Tokenizer != (text.Characters{Lowercase: true}) || c.Objective != (train.Stream{Length: 8}) ||
		c.Optimizer != "rmsprop" || c.BatchSize != 4 || c.Model.HiddenSize != 8 || c.Model.Layers != 2 ||
		c.Initial.ForgetBias != 1 || c.Samples.Temperature != 1 || !c.KeepBest {
		t.Errorf("%+v", c)
	}
	fails(t, words("train --text %s --out %s --resume --recipe char-rnn", book, dir), exitUsage, "--recipe")
	help := strings.Join(strings.Fields(done(t, "train", "-h")), " ")
	for _, part := range []string{"zaremba-medium", "Zaremba, Sutskever, Vinyals 2014"} {
		if !strings.Contains(help, part) {
			t.Errorf("the help does not say %q: %s", part, help)
		}
	}
}

func TestTokenize(t *testing.T) {
	for _, c := range []struct {
		input string
		args  []string
		want  string
	}{
		{"Don't go, Owl.\n", nil, `["Do","n't","go",",","Owl","."]`},
		{"Don't", []string{"--lowercase"}, `["do","n't"]`},
		{"aé\n", []string{"--tokens", "character"}, `["a","é","\n"]`}, {"", nil, `[]`},
		{"the owl's 🦉", []string{"--tokenizer", "../../lmkit/text/testdata/written.json", "--tokens", "bpe"},
			`["the","Ġo","wl","'s","ĠðŁ¦ī"]`},
		{"a\xffb", []string{"--lossy", "--tokens", "character"}, `["a","�","b"]`},
	} {
		code, out, errors := call(t, c.input, append([]string{"tokenize"}, c.args...)...)
		if code != exitDone || strings.TrimSpace(out) != c.want {
			t.Errorf("%q %q: %d, %s%s", c.input, c.args, code, out, errors)
		}
	}
	if code, _, errors := call(t, "a\xffb", "tokenize"); code != exitFailed || !strings.Contains(errors, "byte 1") {
		t.Errorf("%d, %s", code, errors)
	}
}

// TestInterruptedTraining checks the command that it prints to continue, and that the run can be resumed.
func TestInterruptedTraining(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	t.Setenv("LMKIT_BACKEND", "go")
	var out, errors bytes.Buffer
	dir := filepath.Join(t.TempDir(), "the run")
	args := words("train --text owl --lossy --backend go --embedding 8 --hidden 12 --layers 1 --epochs 3 --out")
	args = append(args, dir)
	code := run(ctx, args, strings.NewReader(""), &out, &errors)
	command := "lmkit train --resume --text owl --out '" + dir + "' --lossy --backend go\n"
	if code != exitInterrupted || !strings.Contains(errors.String(), command) {
		t.Errorf("%d, %s", code, errors.String())
	}
	done(t, append(args, "--resume")...)
}
