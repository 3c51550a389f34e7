package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/lmkit/corpora"
	"owlm/lmkit/text"
)

// TestBytePairEncoding goes through the verbs with a run that learns byte-pair encoding.
func TestBytePairEncoding(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	base := t.TempDir()
	book := filepath.Join(base, "book.txt")
	if err := os.WriteFile(book, []byte(strings.Repeat(corpora.OwlText+"Où est l'été ? 🦉\n", 8)), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(base, "run")
	done := func(args ...string) string {
		t.Helper()
		code, out, errors := call(t, "", args...)
		if code != exitDone {
			t.Fatalf("%q: %d\n%s%s", args, code, out, errors)
		}
		return out
	}
	train := []string{"train", "--text", book, "--tokens", "bpe", "--embedding", "8", "--hidden", "12", "--layers", "1", "--valid", "0.2", "--test", "0.2"}
	done(append(train, "--out", dir, "--vocabulary", "300", "--steps", "4", "--checkpoint-every", "2", "--sample-every", "2", "--sample-prompt", "Où ")...)
	tokenizer, err := text.ReadTokenizer(filepath.Join(dir, text.TokenizerFile))
	if b, ok := tokenizer.(text.BPE); err != nil || !ok || b.Vocabulary().Len() != 300 {
		t.Fatalf("%#v, %v", tokenizer, err)
	}
	// A run that is resumed is told nothing of its tokens, or the same.
	done("train", "--text", book, "--out", dir, "--resume", "--steps", "5")
	done("train", "--text", book, "--out", dir, "--resume", "--steps", "6", "--tokens", "bpe")
	for _, part := range []string{"train", "valid", "test", "all"} {
		args := []string{"eval", "--model", dir, "--part", part, "--json"}
		if part == "all" {
			args = append(args, "--text", book)
		}
		var e struct {
			Tokens, Unknown int
			Bits            float64 `json:"bits_per_character"`
		}
		if err := json.Unmarshal([]byte(done(args...)), &e); err != nil || e.Tokens < 100 || e.Unknown != 0 || e.Bits <= 0 {
			t.Errorf("eval --part %s: %+v, %v", part, e, err)
		}
	}
	for seed := range 5 {
		args := []string{"generate", "--model", dir, "--prompt", "Où est l'été", "--length", "30", "--temperature", "3", "--seed", string(rune('0' + seed))}
		out := done(args...)
		var generated struct {
			Samples []struct{ Text string }
		}
		if err := json.Unmarshal([]byte(done(append(args, "--json")...)), &generated); err != nil || out != generated.Samples[0].Text+"\n" ||
			!utf8.ValidString(out) || !strings.HasPrefix(out, "Où est l'été") || strings.Contains(out, "Ġ") {
			t.Errorf("generate: %v\n%q\n%q", err, out, generated)
		}
	}
	for _, args := range [][]string{{"ngram", "--model", dir}, {"ngram", "--text", book, "--tokens", "bpe", "--vocabulary", "300", "--valid", "0.2", "--test", "0.2"}} {
		if out := done(args...); !strings.Contains(out, "vocabulary 300") || strings.Count(out, "\n") != 4 {
			t.Errorf("%q:\n%s", args, out)
		}
	}
	// The file of the run is a tokenizer to train another with; --from takes it too.
	given := filepath.Join(base, "given")
	done(append(train, "--out", given, "--tokenizer", filepath.Join(dir, text.TokenizerFile), "--steps", "2", "--checkpoint-every", "2")...)
	if out := done("compare", dir, given); strings.Contains(out, "different tokens") {
		t.Errorf("compare:\n%s", out)
	}
	done("train", "--text", book, "--out", given, "--resume", "--steps", "3", "--tokenizer", filepath.Join(dir, text.TokenizerFile))
	done("train", "--text", book, "--out", filepath.Join(base, "from"), "--from", dir, "--tokens", "bpe", "--steps", "2")
	code, out, errors := call(t, "l'été", "tokenize", "--model", dir, "--tokens", "bpe")
	var tokens []string
	if err := json.Unmarshal([]byte(out), &tokens); code != exitDone || err != nil || tokenizer.Join(tokens) != "l'été" {
		t.Errorf("tokenize: %d, %v\n%s%s", code, err, out, errors)
	}
}
