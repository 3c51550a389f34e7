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

// stored makes a source whose text is not in memory, as far as training knows.
func stored(name, content string) text.Source {
	return text.Source{Name: name, Open: text.String(name, content).Open}
}

// TestSourceTrainsLikeString compares models, evaluations and receipts of a text that is read as a stream with those of
// one in memory.
func TestSourceTrainsLikeString(t *testing.T) {
	path := filepath.Join(t.TempDir(), "owl.txt")
	if err := os.WriteFile(path, []byte("\uFEFF"+strings.ReplaceAll(corpora.OwlText, "\n", "\r\n")), 0o644); err != nil {
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
		if err != nil || receipt.Corpus.Name != path || receipt.Corpus.Size != len(corpora.OwlText) || receipt.TestLoss == nil {
			t.Errorf("%+v, %v", receipt, err)
		}
		for _, contextLength := range []int{0, lmkit.Carry, 3} {
			fromString, err := want.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{Context: contextLength})
			if err != nil {
				t.Fatal(err)
			}
			fromSource, err := want.Evaluate(t.Context(), text.File(path, false), lmkit.EvaluateConfig{Context: contextLength, Warn: nil})
			if err != nil || fromSource != fromString {
				t.Errorf("%+v, %v, want %+v", fromSource, err, fromString)
			}
		}
	}
}

// TestResumeReusesTokens resumes with the token file as it is, damaged, missing, and on another text.
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
	if after, err := os.Stat(path); err != nil || !after.ModTime().Equal(before.ModTime()) || strings.Contains(strings.Join(warnings, "\n"), "tokenizing") {
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
		if err := resume(corpora.OwlText); err != nil || !strings.Contains(strings.Join(warnings, "\n"), "tokenizing the text again: "+path) {
			t.Errorf("%s: %v, warnings %q", name, err, warnings)
		}
		if data, err := os.ReadFile(path); err != nil || !bytes.Equal(data, whole) {
			t.Errorf("%s: the token file was not mended: %v", name, err)
		}
		if _, err := os.Stat(leftover); err == nil {
			t.Errorf("%s: what a killed run left is still there", name)
		}
	}
}

// TestLossySource reads bytes that are not UTF-8, and is told of each once, however often the text is read.
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
	if _, err := m.Evaluate(t.Context(), text.File(path, true), lmkit.EvaluateConfig{Context: 0, Warn: c.Warn}); err != nil || len(warnings) != 2 {
		t.Errorf("%v, warnings %q", err, warnings)
	}
	_, err = m.Evaluate(t.Context(), text.String("word", "owl"), lmkit.EvaluateConfig{Context: 0, Warn: nil})
	want.Error(t, err, "word: the text has 1 tokens")
}

// TestSourceRefuses looks at the directory too: what is refused leaves none behind.
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

// TestHeldOutIsNeverTrainedOn marks every token: a text's words say which part they belong to. All batches of three
// epochs are inspected, and must hold every word of the training part and none of another, not even where the weight is
// 0.
func TestHeldOutIsNeverTrainedOn(t *testing.T) {
	const n = 400
	part := func(valid, test float64) (words []string) {
		validAt, testAt, err := dataset.SplitAt(n, valid, test)
		if err != nil {
			t.Fatal(err)
		}
		for i := range n {
			switch {
			case i < validAt:
				words = append(words, "a"+strings.Repeat("x", i)) // a, ax, axx, ...
			case i < testAt:
				words = append(words, "v"+strings.Repeat("x", i))
			default:
				words = append(words, "w"+strings.Repeat("x", i))
			}
		}
		return words
	}
	words := part(0.1, 0.05)
	vocabulary, err := text.NewVocabulary(words, text.VocabularyOptions{}) // of all of them, so that each keeps its mark
	if err != nil {
		t.Fatal(err)
	}
	content := strings.Join(words, " ")
	seen := func(c Config, in text.Source) map[byte]int {
		r, err := newRun(t.Context(), in, c.withDefaults(), &lmkit.Description{Vocabulary: vocabulary})
		if err != nil {
			t.Fatal(err)
		}
		defer r.parts.Close()
		ids := make(map[int32]bool)
		for epoch := range 3 {
			for index := range r.source.PerEpoch() {
				b := r.source.Batch(epoch, index)
				for _, id := range slices.Concat(b.Tokens, b.Targets) {
					ids[id] = true
				}
			}
		}
		marks := make(map[byte]int)
		for id := range ids {
			marks[vocabulary.Token(id)[0]]++
		}
		return marks
	}
	for name, in := range map[string]text.Source{"memory": text.String("marked", content), "file": text.File(want.File(t, "marked.txt", content), false)} {
		for _, objective := range []Objective{Windows{Length: 5}, Windows{Length: 1}, Stream{Length: 7}, Stream{Length: 1}} {
			for _, batch := range []int{1, 2, 16} {
				c := tiny(backend.Go)
				c.Objective, c.BatchSize, c.Valid, c.Test = objective, batch, 0.1, 0.05
				marks := seen(c, in)
				_, windows := objective.(Windows)
				if all := marks['a']; marks['v'] != 0 || marks['w'] != 0 || windows && all != 340 || all < 340-batch {
					t.Errorf("%s, %#v, batches of %d: %d words of training, %d of validation, %d of test", name, objective, batch, all, marks['v'], marks['w'])
				}
				// Without the split the same look finds them.
				c.Valid, c.Test = 0, 0
				if marks := seen(c, in); marks['v'] == 0 || marks['w'] == 0 {
					t.Errorf("%s, %#v: marked words are not found where they are", name, objective)
				}
			}
		}
	}
}
