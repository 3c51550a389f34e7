package main

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/lmkit/dataset"
)

// TestNGramBesideNetwork judges a network and n-grams by the same tokens of the same text.
func TestNGramBesideNetwork(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "run")
	shares := []string{"--valid", "0.2", "--test", "0.2"}
	code, out, errors := call(t, "", quick(dir, append(shares, "--json")...)...)
	var trained struct {
		Valid float64 `json:"valid_loss"`
	}
	if err := json.Unmarshal([]byte(out), &trained); code != exitDone || err != nil {
		t.Fatal(out, errors)
	}
	var network dataset.Evaluation
	code, out, errors = call(t, "", "eval", "--model", dir, "--part", "valid", "--json")
	if err := json.Unmarshal([]byte(out), &network); code != exitDone || err != nil || math.Abs(network.Loss-trained.Valid) > 1e-9 {
		t.Errorf("eval --part: %d, %s%s; train had %v", code, out, errors, trained.Valid)
	}
	code, out, errors = call(t, "", "ngram", "--model", dir, "--order", "3", "--json")
	var counted ngramResult
	if err := json.Unmarshal([]byte(out), &counted); code != exitDone || err != nil || counted.Valid == nil || counted.Test == nil {
		t.Fatalf("ngram: %d, %v\n%s%s", code, err, out, errors)
	}
	if counted.Valid.Tokens != network.Tokens || counted.Valid.Unknown != network.Unknown || counted.Order != 3 || counted.Valid.Loss <= 0 {
		t.Errorf("ngram: %+v, network %+v", counted.Valid, network)
	}
	// The ratio of bits per character and loss is that of tokens and characters: the same for both.
	if a, b := counted.Valid.BitsPerCharacter/counted.Valid.Loss, network.BitsPerCharacter/network.Loss; math.Abs(a-b) > 1e-9 {
		t.Errorf("characters are counted in two ways: %v, %v", a, b)
	}
	// The same from the flags that the run was given.
	if code, again, errors := call(t, "", append([]string{"ngram", "--text", "owl", "--order", "3", "--json"}, shares...)...); code != exitDone || again != out {
		t.Errorf("ngram --text: %s, --model: %s%s", again, out, errors)
	}
	code, out, _ = call(t, "", "ngram", "--model", dir, "--smoothing", "add-k", "--k", "0.1", "--order", "2")
	if code != exitDone || !strings.Contains(out, "add-k, order 2") || !strings.Contains(out, "\nvalid  9 ") || !strings.Contains(out, "\ntest   9 ") {
		t.Errorf("ngram: %d\n%s", code, out)
	}
}

func TestCompare(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	base := t.TempDir()
	one, two := filepath.Join(base, "one"), filepath.Join(base, "two")
	for dir, cell := range map[string]string{one: "gru", two: "rnn"} {
		if code, _, errors := call(t, "", quick(dir, "--valid", "0.2", "--cell", cell)...); code != exitDone {
			t.Fatal(errors)
		}
	}
	chart := filepath.Join(base, "loss.svg")
	code, out, errors := call(t, "", "compare", one, two, "--chart", chart)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != exitDone || len(lines) != 3 || !strings.HasPrefix(lines[1], "one  gru ") || !strings.HasPrefix(lines[2], "two  rnn ") {
		t.Errorf("compare: %d\n%s%s", code, out, errors)
	}
	if svg, err := os.ReadFile(chart); err != nil || !strings.Contains(string(svg), "one, validation") || !strings.Contains(string(svg), "two") {
		t.Errorf("chart: %v", err)
	}
	if err := os.Remove(filepath.Join(two, "history.jsonl")); err != nil {
		t.Fatal(err)
	}
	code, out, _ = call(t, "", "compare", one, two, "--json")
	var result struct{ Runs []map[string]any }
	if err := json.Unmarshal([]byte(out), &result); code != exitDone || err != nil || len(result.Runs) != 2 || result.Runs[0]["best_valid_loss"] == nil || result.Runs[1]["perplexity"] != nil ||
		result.Runs[0]["tokens"] != result.Runs[1]["tokens"] {
		t.Errorf("compare --json: %d, %v\n%s", code, err, out)
	}
	// Another split has other tokens: their losses do not compare.
	three := filepath.Join(base, "other", "one")
	if code, _, errors := call(t, "", quick(three, "--valid", "0.3")...); code != exitDone {
		t.Fatal(errors)
	}
	if _, out, _ = call(t, "", "compare", one, three); !strings.Contains(out, "predict different tokens") || !strings.Contains(out, "\n"+three+" ") {
		t.Errorf("compare of different parts:\n%s", out)
	}

	none := filepath.Join(base, "none")
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"compare"}, exitUsage, []string{"missing the directories"}},
		{[]string{"compare", one, none, base}, exitFailed, []string{none, base, "config.json"}},
		{[]string{"compare", one, "--chart", filepath.Join(base, "loss.gif")}, exitFailed, []string{".gif", ".png, .svg, .pdf or .json"}},
		{[]string{"compare", two, "--chart", chart}, exitFailed, []string{"nothing to draw"}},
		{[]string{"ngram"}, exitUsage, []string{"missing --text"}},
		{[]string{"ngram", "--text", "owl"}, exitUsage, []string{"missing --valid or --test"}},
		{[]string{"ngram", "--text", "owl", "--valid", "2"}, exitFailed, []string{"valid is 2"}},
		{[]string{"ngram", "--text", "owl", "--valid", "0.2", "--order", "0"}, exitFailed, []string{"order is 0"}},
		{[]string{"ngram", "--text", "owl", "--valid", "0.2", "--smoothing", "add-k", "--k", "0"}, exitFailed, []string{"k is 0"}},
		{[]string{"ngram", "--text", "owl", "--valid", "0.2", "--smoothing", "none"}, exitUsage, []string{"kneser-ney, add-k"}},
		{[]string{"ngram", "--model", one, "--valid", "0.2"}, exitUsage, []string{"--model and --valid exclude"}},
		{[]string{"ngram", "--model", none}, exitFailed, []string{none, "no training run"}},
		{[]string{"ngram", "--model", one, "--text", filepath.Join(one, "config.json")}, exitFailed, []string{one, "sha256"}},
		{[]string{"eval", "--model", one, "--part", "test"}, exitFailed, []string{one, "--test"}},
		{[]string{"eval", "--model", one, "--part", "half"}, exitUsage, []string{"all, train, valid, test"}},
	} {
		code, stdout, errors := call(t, "", c.args...)
		if code != c.code || stdout != "" || strings.Count(errors, "\n") != 1 {
			t.Errorf("%q: %d, want %d\n%s%s", c.args, code, c.code, stdout, errors)
		}
		for _, want := range c.want {
			if !strings.Contains(errors, want) {
				t.Errorf("%q: %s does not say %q", c.args, errors, want)
			}
		}
	}
}
