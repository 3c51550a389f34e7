package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// textFaults returns mistakes in the texts for train and corpus. dir is a directory for the files, and out one to train
// in.
func textFaults(t *testing.T, dir, out string) []fault {
	t.Helper()
	train := func(text string) []string { return []string{"train", "--text", text, "--out", out} }
	return []fault{
		{train(filepath.Join(dir, "nothing")), exitFailed, "nothing: no such file"},
		{train(dir), exitFailed, "is a directory"},
		{train(file(t, dir, "empty.txt", "")), exitFailed, "the file is empty"},
		{train(file(t, dir, "four.txt", "one two three four")), exitFailed, "4 tokens"},
		{train(file(t, dir, "bytes.txt", "owl \xff owl")), exitFailed, "byte 4 is not UTF-8"},
		{words("corpus"), exitUsage, "list or get"},
		{words("corpus take"), exitUsage, "list or get"},
		{words("corpus get bible"), exitFailed, "lmkit corpus list"},
		{words("corpus get owl --out %s", dir), exitFailed, "is a directory"},
		{words("corpus list %s/nothing", dir), exitFailed, "nothing: no such file"},
	}
}

// trainFaults returns mistakes in the flags of train and ngram. model is a finished model.
func trainFaults(dir, out, model string) []fault {
	const written = "../../lmkit/text/testdata/written.json"
	return []fault{
		{quick(out, "--hidden", "0"), exitFailed, "hidden size is 0"},
		{quick(out, "--dropout", "1"), exitFailed, "dropout is 1"},
		{quick(out, "--hidden", "many"), exitUsage, `--hidden is "many"; it must be a whole number`},
		{quick(out, "--layers", "100000"), exitFailed, "layers is 100000; it must be from 1 to 256"},
		{quick(out, "--hidden", "100000"), exitFailed, "at most 2,147,483,647 are possible"},
		{quick(out, "--learning-rate", "1e38"), exitFailed, "above 0 and below 1,000,000"},
		{words("train --text owl --out %s --steps 0", out), exitFailed, "steps is 0"},
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
		{words("ngram --text owl --tokens bpe --valid 0.2 --min-count 2"), exitFailed, "drops no tokens"},
		{quick(model), exitFailed, "--resume"},
		{words("train --text owl"), exitUsage, "missing --out"},
	}
}

// modelFaults returns mistakes in the flags of eval, generate and tokenize.
func modelFaults(t *testing.T, dir, model string) []fault {
	t.Helper()
	eval := func(text string) []string { return []string{"eval", "--model", model, "--text", text} }
	owl := func(more ...string) []string {
		return append([]string{"generate", "--model", model, "--prompt", "owl"}, more...)
	}
	return []fault{
		{words("eval --model %s/none --text owl", dir), exitFailed, "none"},
		{eval(file(t, dir, "word.txt", "owl")), exitFailed, "at least 2"},
		{eval(file(t, dir, "dragon.txt", "the dragon")), exitFailed, `dragon.txt: token 2, "dragon"`},
		{[]string{"generate", "--model", model, "--prompt", "a dragon"}, exitFailed, `"dragon"`},
		{owl("--temperature", "-1"), exitFailed, "temperature is -1"},
		{owl("--temperature", "NaN"), exitFailed, "temperature is NaN"},
		{owl("--top-p", "0"), exitFailed, "top-p is 0"},
		{owl("--top-k", "-3"), exitFailed, "top-k is -3"},
		{owl("--length", "-1"), exitFailed, "length is -1"},
		{owl("--samples", "0"), exitFailed, "samples is 0"},
		{owl("--greedy", "--temperature", "1"), exitUsage, "exclude each other"},
		{owl("--backend", "tpu"), exitFailed, `"tpu"`},
		{words("generate --prompt owl"), exitUsage, "missing --model"},
		{words("tokenize --tokens syllable"), exitUsage, "word, character, bpe"},
		{words("tokenize --tokens bpe"), exitUsage, "--model or --tokenizer"},
		{words("tokenize --model %s --tokenizer %s", model, model), exitUsage, "exclude each other"},
		{words("tokenize --model %s --lowercase", model), exitUsage, "--lowercase"},
		{words("tokenize --model %s --tokens bpe", model), exitFailed, "of kind word, not bpe"},
		{words("tokenize --tokenizer %s", file(t, dir, "nothing.json", "{}")), exitFailed, "nothing.json: kind"},
		{words("tokenize --tokenizer %s", dir), exitFailed, "is a directory"},
	}
}

// file writes a file into a directory and returns its path.
func file(t *testing.T, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestModelFaults makes mistakes in what the verbs for models take: each gets one line.
func TestModelFaults(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := t.TempDir()
	model, out := filepath.Join(dir, "model"), filepath.Join(dir, "out")
	done(t, quick(model)...)
	for _, f := range slices.Concat(textFaults(t, dir, out), trainFaults(dir, out, model), modelFaults(t, dir, model)) {
		fails(t, f.args, f.code, f.want)
	}
	if err := os.Remove(filepath.Join(model, "model.safetensors")); err != nil {
		t.Fatal(err)
	}
	fails(t, words("generate --model %s --prompt owl", model), exitFailed, "model.safetensors")
}
