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
	arguments := []string{"import", "--weights", toImport + "/tied.safetensors", "--vocabulary", toImport + "/vocabulary.txt", "--out"}
	code, out, errors := call(t, "", append(arguments, dir, "--json", "--context", "3")...)
	var result struct {
		Directory string
		Config    struct {
			Cell    string
			Tied    bool `json:"tie_weights"`
			Context int
		}
	}
	if err := json.Unmarshal([]byte(out), &result); code != exitDone || err != nil || result.Directory != dir || result.Config.Cell != "lstm" || !result.Config.Tied ||
		result.Config.Context != 3 {
		t.Errorf("%d, %v\n%s%s", code, err, out, errors)
	}
	if code, out, errors = call(t, "", "generate", "--model", dir, "--prompt", "A b", "--greedy", "--length", "3"); code != exitDone || len(strings.Fields(out)) != 5 {
		t.Errorf("generate: %d, %s%s", code, out, errors)
	}
	if code, _, errors = call(t, "", append(arguments, dir)...); code != exitFailed || !strings.Contains(errors, "another directory") {
		t.Errorf("again: %d, %s", code, errors)
	}
	characters := dir + "-characters"
	if code, out, errors = call(t, "", append(arguments, characters, "--tokens", "character")...); code != exitDone || !strings.Contains(out, "LSTM language model") {
		t.Errorf("characters: %d, %s%s", code, out, errors)
	}
	tokenizer, err := os.ReadFile(filepath.Join(characters, "tokenizer.json"))
	if err != nil || !strings.Contains(string(tokenizer), `"kind":"character","lowercase":false`) {
		t.Errorf("%s, %v", tokenizer, err)
	}
}

// TestImportTable looks at the table that a mismatch prints before the one line of every failure.
func TestImportTable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "imported")
	code, out, errors := call(t, "", "import", "--weights", toImport+"/lstm.safetensors", "--vocabulary", toImport+"/vocabulary.txt", "--out", dir, "--cell", "gru")
	lines := strings.Split(strings.TrimSpace(errors), "\n")
	if code != exitFailed || out != "" || len(lines) != 13 || !strings.HasPrefix(lines[0], "name") || !strings.HasPrefix(lines[12], "lmkit: ") ||
		strings.Join(strings.Fields(lines[2]), " ") != "rnn.weight_ih_l0 [24, 5] [18, 5] <-" {
		t.Errorf("%d, %s%s", code, out, errors)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a directory was made")
	}
}
