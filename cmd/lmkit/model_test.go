package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/lmkit/corpora"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// quick are flags for a run that takes moments.
func quick(dir string, more ...string) []string {
	return append([]string{"train", "--text", "owl", "--out", dir, "--embedding", "8", "--hidden", "12", "--layers", "1", "--epochs", "3"}, more...)
}

func TestTrainEvalGenerate(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "owl")
	code, out, errors := call(t, "", quick(dir)...)
	if code != exitDone || strings.Count(out, "Epoch [") != 3 || !strings.Contains(out, "Model in "+dir) {
		t.Fatalf("train: %d\n%s\n%s", code, out, errors)
	}
	code, out, errors = call(t, "", "eval", "--model", dir, "--text", "owl", "--json")
	var evaluation struct {
		Tokens                 int
		Loss, Perplexity, Bits float64
	}
	if err := json.Unmarshal([]byte(out), &evaluation); code != exitDone || err != nil || evaluation.Tokens != 43 || evaluation.Loss <= 0 {
		t.Errorf("eval: %d, %v\n%s\n%s", code, err, out, errors)
	}
	generate := []string{"generate", "--model", dir, "--prompt", "Once upon a time", "--length", "20", "--temperature", "0.5"}
	code, first, _ := call(t, "", generate...)
	_, second, _ := call(t, "", generate...)
	words := strings.Fields(first)
	if code != exitDone || first != second || len(words) != 24 || strings.Count(first, "\n") != 1 {
		t.Errorf("generate: %d\n%s%s", code, first, second)
	}
	vocabulary := (text.Words{Lowercase: true}).Tokenize(corpora.OwlText)
	for _, word := range words[4:] {
		if !slices.Contains(vocabulary, word) {
			t.Errorf("generated %q", word)
		}
	}
	code, out, _ = call(t, "", append(generate, "--json", "--samples", "2", "--top-p", "0.9")...)
	var generated struct {
		Samples []struct {
			Prompt, Text string
			Tokens       []string
		}
	}
	if err := json.Unmarshal([]byte(out), &generated); code != exitDone || err != nil || len(generated.Samples) != 2 || len(generated.Samples[1].Tokens) != 20 ||
		!strings.HasPrefix(generated.Samples[0].Text, "Once upon a time ") {
		t.Errorf("generate --json: %d, %v\n%s", code, err, out)
	}
	code, out, _ = call(t, "", "generate", "--model", dir, "--prompt", "the owl", "--length", "0", "--detokenize")
	if code != exitDone || out != "the owl\n" {
		t.Errorf("generate nothing: %d, %q", code, out)
	}
}

func TestResumeAndFrom(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "run")
	if code, _, errors := call(t, "", quick(dir, "--checkpoint-every", "4", "--seed", "7")...); code != exitDone {
		t.Fatal(errors)
	}
	// Only what is typed changes: sizes, seed and the rest are those of the run.
	code, out, errors := call(t, "", "train", "--text", "owl", "--out", dir, "--resume", "--epochs", "5", "--json")
	var result struct{ Steps, Epochs int }
	if err := json.Unmarshal([]byte(out), &result); code != exitDone || err != nil || result.Epochs != 5 || result.Steps != 15 {
		t.Errorf("resume: %d, %v\n%s\n%s", code, err, out, errors)
	}
	if code, _, errors = call(t, "", "train", "--text", "owl", "--out", dir, "--resume", "--hidden", "13"); code != exitFailed || !strings.Contains(errors, "hidden_size was 12 and is now 13") {
		t.Errorf("resume with another size: %d, %s", code, errors)
	}
	next := filepath.Join(t.TempDir(), "next")
	if code, _, errors = call(t, "", "train", "--text", "owl", "--out", next, "--from", dir, "--epochs", "1"); code != exitDone {
		t.Errorf("from: %d, %s", code, errors)
	}
	if code, _, errors = call(t, "", "train", "--text", "owl", "--out", next+"2", "--from", dir, "--hidden", "13"); code != exitFailed || !strings.Contains(errors, "hidden_size") {
		t.Errorf("from, with another size: %d, %s", code, errors)
	}
	if code, _, errors = call(t, "", "train", "--text", "owl", "--out", next+"3", "--from", dir, "--tokens", "character"); code != exitFailed || !strings.Contains(errors, "tokenizer") {
		t.Errorf("from, with another tokenizer: %d, %s", code, errors)
	}
}

// TestRecipe trains with a recipe, whose values flags override, and reads what the run was.
func TestRecipe(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "run")
	corpus := filepath.Join(t.TempDir(), "corpus.txt")
	if err := os.WriteFile(corpus, []byte(strings.Repeat(corpora.OwlText, 30)), 0o644); err != nil {
		t.Fatal(err)
	}
	args := []string{"train", "--text", corpus, "--out", dir, "--recipe", "char-rnn", "--lowercase", "--sequence", "8", "--batch", "4", "--embedding", "6", "--hidden", "8",
		"--steps", "6", "--keep-best", "--validate-every", "2", "--sample-every", "3", "--sample-prompt", "the ", "--sample-length", "5"}
	code, out, errors := call(t, "", args...)
	if code != exitDone || strings.Count(out, "Validation: ") != 3 || strings.Count(out, "Sample: the ") != 2 || !strings.Contains(out, "the model has these weights") {
		t.Fatalf("%d\n%s\n%s", code, out, errors)
	}
	c, err := train.ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if c.Tokenizer != (text.Characters{Lowercase: true}) || c.Objective != (train.Stream{Length: 8}) || c.Optimizer != "rmsprop" || c.BatchSize != 4 ||
		c.Model.HiddenSize != 8 || c.Model.Layers != 2 || c.Initial.ForgetBias != 1 || c.Samples.Temperature != 1 || !c.KeepBest {
		t.Errorf("%+v", c)
	}
	if code, _, errors := call(t, "", "train", "--text", corpus, "--out", dir, "--resume", "--recipe", "char-rnn"); code != exitUsage || !strings.Contains(errors, "--recipe") {
		t.Errorf("%d, %s", code, errors)
	}
	if code, out, _ := call(t, "", "train", "-h"); code != exitDone || !strings.Contains(out, "zaremba-medium") || !strings.Contains(out, "Zaremba, Sutskever, Vinyals 2014") {
		t.Errorf("%d, %s", code, out)
	}
}

// TestModelFaults are mistakes in what train, eval, generate and tokenize are asked for: one line each.
func TestModelFaults(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := t.TempDir()
	model := filepath.Join(dir, "model")
	if code, _, errors := call(t, "", quick(model)...); code != exitDone {
		t.Fatal(errors)
	}
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	out, written := filepath.Join(dir, "out"), "../../lmkit/text/testdata/written.json"
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"train", "--text", filepath.Join(dir, "nothing"), "--out", out}, exitFailed, "nothing: no such file"},
		{[]string{"train", "--text", dir, "--out", out}, exitFailed, "is a directory"},
		{[]string{"train", "--text", file("empty.txt", ""), "--out", out}, exitFailed, "the file is empty"},
		{[]string{"train", "--text", file("four.txt", "one two three four"), "--out", out}, exitFailed, "4 tokens"},
		{[]string{"train", "--text", file("bytes.txt", "owl \xff owl"), "--out", out}, exitFailed, "byte 4 is not UTF-8"},
		{[]string{"corpus"}, exitUsage, "list or get"},
		{[]string{"corpus", "take"}, exitUsage, "list or get"},
		{[]string{"corpus", "get", "bible"}, exitFailed, "lmkit corpus list"},
		{[]string{"corpus", "get", "owl", "--out", dir}, exitFailed, "is a directory"},
		{[]string{"corpus", "list", filepath.Join(dir, "nothing")}, exitFailed, "nothing: no such file"},
		{quick(out, "--hidden", "0"), exitFailed, "hidden size is 0"},
		{quick(out, "--dropout", "1"), exitFailed, "dropout is 1"},
		{quick(out, "--hidden", "many"), exitUsage, `--hidden is "many"; it must be a whole number`},
		{quick(out, "--layers", "100000"), exitFailed, "layers is 100000; it must be from 1 to 256"},
		{quick(out, "--hidden", "100000"), exitFailed, "at most 2,147,483,647 are possible"},
		{quick(out, "--learning-rate", "1e38"), exitFailed, "above 0 and below 1,000,000"},
		{[]string{"train", "--text", "owl", "--out", out, "--steps", "0"}, exitFailed, "steps is 0"},
		{quick(out, "--cell", "lsmt"), exitUsage, "rnn, lstm, gru"},
		{quick(out, "--steps", "5"), exitUsage, "exclude each other"},
		{quick(out, "--recipe", "gpt"), exitUsage, "zaremba-small"},
		{quick(out, "--divisor", "1"), exitFailed, "divisor is 1"},
		{quick(out, "--patience", "3"), exitFailed, "set valid above 0"},
		{quick(out, "--tokens", "bpe", "--lowercase"), exitFailed, "keeps the case"},
		{quick(out, "--tokens", "bpe", "--min-count", "2"), exitFailed, "drops no tokens"},
		{quick(out, "--tokens", "bpe", "--vocabulary", "256"), exitFailed, "at least 257"},
		{quick(out, "--tokens", "bpe", "--vocabulary", "100"), exitFailed, "vocabulary size is 100"},
		{quick(out, "--tokenizer", written, "--vocabulary", "9000"), exitFailed, "has learned already"},
		{quick(out, "--tokenizer", written, "--tokens", "word"), exitFailed, "of kind bpe, not word"},
		{quick(out, "--tokenizer", written, "--lowercase"), exitFailed, "the tokenizer's own choice"},
		{quick(out, "--tokenizer", filepath.Join(dir, "none.json")), exitFailed, "none.json: no such file"},
		{quick(out, "--tokens", "bpe", "--valid", "0.002"), exitFailed, "validation: the text has 0 tokens"},
		{quick(out, "--backend", "tpu"), exitFailed, `"tpu"`},
		{[]string{"ngram", "--text", "owl", "--tokens", "bpe", "--valid", "0.2", "--min-count", "2"}, exitFailed, "drops no tokens"},
		{quick(model), exitFailed, "--resume"},
		{[]string{"train", "--text", "owl"}, exitUsage, "missing --out"},
		{[]string{"eval", "--model", filepath.Join(dir, "none"), "--text", "owl"}, exitFailed, "none"},
		{[]string{"eval", "--model", model, "--text", file("word.txt", "owl")}, exitFailed, "at least 2"},
		{[]string{"eval", "--model", model, "--text", file("dragon.txt", "the dragon")}, exitFailed, `dragon.txt: token 2, "dragon"`},
		{[]string{"generate", "--model", model, "--prompt", "a dragon"}, exitFailed, `"dragon"`},
		{[]string{"generate", "--model", model, "--prompt", "owl", "--temperature", "-1"}, exitFailed, "temperature is -1"},
		{[]string{"generate", "--model", model, "--prompt", "owl", "--temperature", "NaN"}, exitFailed, "temperature is NaN"},
		{[]string{"generate", "--model", model, "--prompt", "owl", "--top-p", "0"}, exitFailed, "top-p is 0"},
		{[]string{"generate", "--model", model, "--prompt", "owl", "--top-k", "-3"}, exitFailed, "top-k is -3"},
		{[]string{"generate", "--model", model, "--prompt", "owl", "--length", "-1"}, exitFailed, "length is -1"},
		{[]string{"generate", "--model", model, "--prompt", "owl", "--samples", "0"}, exitFailed, "samples is 0"},
		{[]string{"generate", "--model", model, "--prompt", "owl", "--greedy", "--temperature", "1"}, exitUsage, "exclude each other"},
		{[]string{"generate", "--model", model, "--prompt", "owl", "--backend", "tpu"}, exitFailed, `"tpu"`},
		{[]string{"generate", "--prompt", "owl"}, exitUsage, "missing --model"},
		{[]string{"tokenize", "--tokens", "syllable"}, exitUsage, "word, character, bpe"},
		{[]string{"tokenize", "--tokens", "bpe"}, exitUsage, "--model or --tokenizer"},
		{[]string{"tokenize", "--model", model, "--tokenizer", model}, exitUsage, "exclude each other"},
		{[]string{"tokenize", "--model", model, "--lowercase"}, exitUsage, "--lowercase"},
		{[]string{"tokenize", "--model", model, "--tokens", "bpe"}, exitFailed, "of kind word, not bpe"},
		{[]string{"tokenize", "--tokenizer", file("nothing.json", "{}")}, exitFailed, "nothing.json: kind"},
		{[]string{"tokenize", "--tokenizer", dir}, exitFailed, "is a directory"},
	} {
		code, stdout, errors := call(t, "", c.args...)
		if code != c.code || stdout != "" || strings.Count(errors, "\n") != 1 || !strings.Contains(errors, c.want) {
			t.Errorf("%q: %d, want %d with %q\n%s%s", c.args, code, c.code, c.want, stdout, errors)
		}
	}
	if err := os.Remove(filepath.Join(model, "model.safetensors")); err != nil {
		t.Fatal(err)
	}
	code, _, errors := call(t, "", "generate", "--model", model, "--prompt", "owl")
	if code != exitFailed || !strings.Contains(errors, "model.safetensors") || strings.Count(errors, "\n") != 1 {
		t.Errorf("no weights: %d, %s", code, errors)
	}
}

func TestTokenize(t *testing.T) {
	for _, c := range []struct {
		input string
		args  []string
		want  string
	}{
		{"Don't go, Owl.\n", nil, `["Do","n't","go",",","Owl","."]`}, {"Don't", []string{"--lowercase"}, `["do","n't"]`},
		{"aé\n", []string{"--tokens", "character"}, `["a","é","\n"]`}, {"", nil, `[]`},
		{"the owl's 🦉", []string{"--tokenizer", "../../lmkit/text/testdata/written.json", "--tokens", "bpe"}, `["the","Ġo","wl","'s","ĠðŁ¦ī"]`}, {"a\xffb", []string{"--lossy", "--tokens", "character"}, `["a","�","b"]`},
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

func TestInterruptedTraining(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	t.Setenv("LMKIT_BACKEND", "go")
	var out, errors bytes.Buffer
	dir := filepath.Join(t.TempDir(), "run")
	code := run(ctx, quick(dir), strings.NewReader(""), &out, &errors)
	if code != exitInterrupted || !strings.Contains(errors.String(), "lmkit train --resume --text owl --out "+dir) {
		t.Errorf("%d, %s", code, errors.String())
	}
	if code, _, errors := call(t, "", append(quick(dir), "--resume")...); code != exitDone {
		t.Errorf("resuming: %d, %s", code, errors)
	}
}
