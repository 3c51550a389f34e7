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

// TestNGramBesideNetwork evaluates a network and n-grams on the same tokens of the same text.
func TestNGramBesideNetwork(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	dir := filepath.Join(t.TempDir(), "run")
	var trained struct {
		Valid float64 `json:"valid_loss"`
	}
	out := done(t, quick(dir, words("--valid 0.2 --test 0.2 --json")...)...)
	if err := json.Unmarshal([]byte(out), &trained); err != nil {
		t.Fatal(err, out)
	}
	var network dataset.Evaluation
	out = done(t, words("eval --model %s --part valid --json", dir)...)
	if err := json.Unmarshal([]byte(out), &network); err != nil || math.Abs(network.Loss-trained.Valid) > 1e-9 {
		t.Errorf("eval --part: %v, %s; train had %v", err, out, trained.Valid)
	}
	var counted ngramResult
	out = done(t, words("ngram --model %s --order 3 --json", dir)...)
	if err := json.Unmarshal([]byte(out), &counted); err != nil || counted.Valid == nil || counted.Test == nil {
		t.Fatalf("ngram: %v\n%s", err, out)
	}
	valid := *counted.Valid
	if valid.Tokens != network.Tokens || valid.Unknown != network.Unknown || counted.Order != 3 || valid.Loss <= 0 {
		t.Errorf("ngram: %+v, network %+v", valid, network)
	}
	// The ratio of bits per character to loss depends only on the numbers of tokens and characters.
	if a, b := valid.BitsPerCharacter/valid.Loss, network.BitsPerCharacter/network.Loss; math.Abs(a-b) > 1e-9 {
		t.Errorf("characters are counted in two ways: %v, %v", a, b)
	}
	if again := done(t, words("ngram --text owl --order 3 --json --valid 0.2 --test 0.2")...); again != out {
		t.Errorf("ngram --text: %s, --model: %s", again, out)
	}
	out = done(t, words("ngram --model %s --smoothing add-k --k 0.1 --order 2", dir)...)
	for _, part := range []string{"add-k, order 2", "\nvalid  9 ", "\ntest   9 "} {
		if !strings.Contains(out, part) {
			t.Errorf("ngram: no %q in\n%s", part, out)
		}
	}
}

func TestCompare(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	base := t.TempDir()
	one, two := filepath.Join(base, "one"), filepath.Join(base, "two")
	for dir, cell := range map[string]string{one: "gru", two: "rnn"} {
		done(t, quick(dir, "--valid", "0.2", "--cell", cell)...)
	}
	chart := filepath.Join(base, "loss.svg")
	out := done(t, "compare", one, two, "--chart", chart)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[1], "one  gru ") || !strings.HasPrefix(lines[2], "two  rnn ") {
		t.Errorf("compare:\n%s", out)
	}
	svg, err := os.ReadFile(chart)
	if err != nil || !strings.Contains(string(svg), "one, validation") || !strings.Contains(string(svg), "two") {
		t.Errorf("chart: %v", err)
	}
	if err := os.Remove(filepath.Join(two, "history.jsonl")); err != nil {
		t.Fatal(err)
	}
	var result struct{ Runs []map[string]any }
	out = done(t, "compare", one, two, "--json")
	if err := json.Unmarshal([]byte(out), &result); err != nil || len(result.Runs) != 2 ||
		result.Runs[0]["best_valid_loss"] == nil || result.Runs[1]["perplexity"] != nil ||
		result.Runs[0]["tokens"] != result.Runs[1]["tokens"] {
		t.Errorf("compare --json: %v\n%s", err, out)
	}
	// With another split, the runs predict other tokens.
	three := filepath.Join(base, "other", "one")
	done(t, quick(three, "--valid", "0.3")...)
	out = done(t, "compare", one, three)
	if !strings.Contains(out, "predict different tokens") || !strings.Contains(out, "\n"+three+" ") {
		t.Errorf("compare of different parts:\n%s", out)
	}
	none := filepath.Join(base, "none")
	fails(t, words("compare"), exitUsage, "missing the directories")
	fails(t, words("compare %s %s %s", one, none, base), exitFailed, none, base, "config.json")
	fails(t, words("compare %s --chart %s/loss.gif", one, base), exitFailed, ".gif", ".png, .svg, .pdf or .json")
	fails(t, words("compare %s --chart %s", two, chart), exitFailed, "nothing to draw")
}

// TestPartFaults makes mistakes in what ngram and eval take about the parts of a text.
func TestPartFaults(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	one, none := filepath.Join(t.TempDir(), "one"), filepath.Join(t.TempDir(), "none")
	done(t, quick(one, "--valid", "0.2")...)
	fails(t, words("ngram"), exitUsage, "missing --text")
	fails(t, words("ngram --text owl"), exitUsage, "missing --valid or --test")
	fails(t, words("ngram --text owl --valid 2"), exitFailed, "valid is 2")
	fails(t, words("ngram --text owl --valid 0.2 --order 0"), exitFailed, "order is 0")
	fails(t, words("ngram --text owl --valid 0.2 --smoothing add-k --k 0"), exitFailed, "k is 0")
	fails(t, words("ngram --text owl --valid 0.2 --smoothing none"), exitUsage, "kneser-ney, add-k")
	fails(t, words("ngram --model %s --valid 0.2", one), exitUsage, "--model and --valid exclude")
	fails(t, words("ngram --model %s", none), exitFailed, none, "no training run")
	fails(t, words("ngram --model %s --text %s/config.json", one, one), exitFailed, one, "sha256")
	fails(t, words("eval --model %s --part test", one), exitFailed, one, "--test")
	fails(t, words("eval --model %s --part half", one), exitUsage, "all, train, valid, test")
}
