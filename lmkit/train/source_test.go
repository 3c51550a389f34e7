package train

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// stored returns a source that training treats as if its text were not in memory.
func stored(name, content string) text.Source {
	return text.Source{Name: name, Open: text.String(name, content).Open}
}

// TestSourceTrainsLikeString compares the models, evaluations and receipts of a text read as a stream with those of one
// in memory.
func TestSourceTrainsLikeString(t *testing.T) {
	path := filepath.Join(t.TempDir(), "owl.txt")
	stored := "\uFEFF" + strings.ReplaceAll(corpora.OwlText, "\n", "\r\n")
	if err := os.WriteFile(path, []byte(stored), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, objective := range []Objective{Windows{Length: 5}, Stream{Length: 4}} {
		c := tiny(backend.Go)
		c.Objective, c.BatchSize, c.Valid, c.Test, c.Vocabulary.Unknown = objective, 3, 0.2, 0.1, "<unk>"
		want := train(t, c)
		for _, directory := range []string{"", filepath.Join(t.TempDir(), "runs", "owl")} {
			temporary := t.TempDir()
			t.Setenv("TMPDIR", temporary)
			c.Directory = directory
			got, err := Run(t.Context(), text.File(path, false), c)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(bytesOf(t, got), bytesOf(t, want)) {
				t.Errorf("%T: other weights", objective)
			}
			if left, _ := os.ReadDir(temporary); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		}
		receipt, err := rundir.ReadReceipt(c.Directory)
		if err != nil || receipt.Corpus.Name != path || receipt.Corpus.Size != len(corpora.OwlText) ||
			receipt.TestLoss == nil {
			t.Errorf("%+v, %v", receipt, err)
		}
		for _, contextLength := range []int{0, lmkit.Carry, 3} {
			fromString, err := want.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{Context: contextLength})
			if err != nil {
				t.Fatal(err)
			}
			fromSource, err := want.Evaluate(t.Context(), text.File(path, false),
				lmkit.EvaluateConfig{Context: contextLength})
			if err != nil || fromSource != fromString {
				t.Errorf("%+v, %v, want %+v", fromSource, err, fromString)
			}
		}
	}
}

// TestResumeReusesTokens resumes a run with its token file unchanged, damaged and missing, and on another text.
func TestResumeReusesTokens(t *testing.T) {
	for _, tokenizer := range tokenizers {
		t.Run(text.Kind(tokenizer), func(t *testing.T) { resumeWithTokens(t, tokenizer) })
	}
}

func resumeWithTokens(t *testing.T, tokenizer text.Tokenizer) {
	c := tiny(backend.Go)
	c.Tokenizer = tokenizer
	c.Directory, c.CheckpointEvery = filepath.Join(t.TempDir(), "run"), 2
	path := filepath.Join(c.Directory, dataset.TokensFile)
	if _, err := Run(t.Context(), stored("owl", corpora.OwlText), c); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var warnings []string
	c.Resume, c.Warn = true, func(message string) { warnings = append(warnings, message) }
	resume := func(content string) error {
		warnings = nil
		c.Epochs++
		_, err := Run(t.Context(), stored("owl", content), c)
		return err
	}
	if err := resume(corpora.OwlText); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(path); err != nil || !after.ModTime().Equal(before.ModTime()) ||
		strings.Contains(strings.Join(warnings, "\n"), "tokenizing") {
		t.Errorf("the text was tokenized again: %v, %q", err, warnings)
	}
	want.Error(t, resume(corpora.OwlText+" Owl."), "the text has changed", dataset.TokensFile)
	if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, whole) {
		t.Error("a refused run changed the token file")
	}
	for name, damage := range map[string]func() error{
		"damaged": func() error { return os.WriteFile(path, whole[:len(whole)-1], 0o644) },
		"missing": func() error { return os.Remove(path) },
	} {
		if err := damage(); err != nil {
			t.Fatal(err)
		}
		leftover := filepath.Join(c.Directory, "."+dataset.TokensFile+"-123")
		if err := os.WriteFile(leftover, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := resume(corpora.OwlText); err != nil ||
			!strings.Contains(strings.Join(warnings, "\n"), "tokenizing the text again: "+path) {
			t.Errorf("%s: %v, warnings %q", name, err, warnings)
		}
		if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, whole) {
			t.Errorf("%s: the token file was not replaced: %v", name, err)
		}
		if _, err := os.Stat(leftover); err == nil {
			t.Errorf("%s: what a killed run left is still there", name)
		}
	}
}

// TestLossySource trains on a file with bytes that are not UTF-8: the warning comes once, however often the file is
// read.
func TestLossySource(t *testing.T) {
	path := filepath.Join(t.TempDir(), "book.txt")
	if err := os.WriteFile(path, []byte("\xff"+corpora.OwlText+"\xfe"), 0o644); err != nil {
		t.Fatal(err)
	}
	var warnings []string
	c := tiny(backend.Go)
	c.BatchSize, c.Valid, c.Test, c.Vocabulary.Unknown = 2, 0.2, 0.2, "<unk>"
	c.Warn = func(message string) { warnings = append(warnings, message) }
	m, err := Run(t.Context(), text.File(path, true), c)
	if want := []string{path + ": replaced 2 bytes that are not UTF-8"}; err != nil || !slices.Equal(warnings, want) {
		t.Fatalf("%v, warnings %q, want %q", err, warnings, want)
	}
	_, err = m.Evaluate(t.Context(), text.File(path, true), lmkit.EvaluateConfig{Warn: c.Warn})
	if err != nil || len(warnings) != 2 {
		t.Errorf("%v, warnings %q", err, warnings)
	}
	_, err = m.Evaluate(t.Context(), text.String("word", "owl"), lmkit.EvaluateConfig{})
	want.Error(t, err, "word: the text has 1 tokens")
}

// TestSourceRefuses checks that a text that is refused leaves no directory behind.
func TestSourceRefuses(t *testing.T) {
	for content, reason := range map[string]string{"one two": "2 tokens", "owl \xff owl": "it: byte 4 is not UTF-8"} {
		parent := t.TempDir()
		c := tiny(backend.Go)
		c.Directory = filepath.Join(parent, "runs", "owl")
		_, err := Run(t.Context(), text.String("it", content), c)
		want.Error(t, err, reason)
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Run(ctx, text.String("it", strings.Repeat("The owl flew. ", 1e5)), tiny(backend.Go))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
