package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const toImport = checkout + "/lmkit/testdata/torch/import"

func TestImport(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "imported")
	arguments := words("import --weights %s/tied.safetensors --vocabulary %s/vocabulary.txt --out", toImport, toImport)
	out := done(t, append(arguments, dir, "--json", "--context", "3")...)
	var result struct {
		Directory string
		Config    struct {
			Cell    string
			Tied    bool `json:"tie_weights"`
			Context int
		}
	}
	err := json.Unmarshal([]byte(out), &result)
	if c := result.Config; err != nil || result.Directory != dir || c.Cell != "lstm" || !c.Tied || c.Context != 3 {
		t.Errorf("%v\n%s", err, out)
	}
	out = done(t, "generate", "--model", dir, "--prompt", "A b", "--greedy", "--length", "3")
	if len(strings.Fields(out)) != 5 {
		t.Errorf("generate: %s", out)
	}
	fails(t, append(arguments, dir), exitFailed, "another directory")
	characters := dir + "-characters"
	out = done(t, append(arguments, characters, "--tokens", "character")...)
	if !strings.Contains(out, "LSTM language model") {
		t.Errorf("characters: %s", out)
	}
	tokenizer, err := os.ReadFile(filepath.Join(characters, "tokenizer.json"))
	if err != nil || !strings.Contains(string(tokenizer), `"kind":"character","lowercase":false`) {
		t.Errorf("%s, %v", tokenizer, err)
	}
}

// TestImportTable checks the table that a mismatch prints before the error.
func TestImportTable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "imported")
	args := words("import --weights %s/lstm.safetensors --vocabulary %s/vocabulary.txt --out %s --cell gru",
		toImport, toImport, dir)
	code, out, errors := call(t, "", args...)
	lines := strings.Split(strings.TrimSpace(errors), "\n")
	if code != exitFailed || out != "" || len(lines) != 13 || !strings.HasPrefix(lines[0], "name") ||
		!strings.HasPrefix(lines[12], "lmkit: ") ||
		strings.Join(strings.Fields(lines[2]), " ") != "rnn.weight_ih_l0 [24, 5] [18, 5] <-" {
		t.Errorf("%d, %s%s", code, out, errors)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a directory was made")
	}
}
