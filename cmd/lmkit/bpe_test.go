package main

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/lmkit/corpora"
	"owlm/lmkit/text"
)

// TestBytePairEncoding trains with byte-pair encoding and runs the other verbs on the model.
func TestBytePairEncoding(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "go")
	base := t.TempDir()
	dir := filepath.Join(base, "run")
	book := file(t, base, "book.txt", strings.Repeat(corpora.OwlText+"Où est l'été ? 🦉\n", 8))
	train := words("train --text %s --tokens bpe --embedding 8 --hidden 12 --layers 1 --valid 0.2 --test 0.2", book)
	first := words("--out %s --vocabulary 300 --steps 4 --checkpoint-every 2 --sample-every 2 --sample-prompt", dir)
	done(t, append(append(train, first...), "Où ")...)
	tokenizer, err := text.ReadTokenizer(filepath.Join(dir, text.TokenizerFile))
	if b, ok := tokenizer.(text.BPE); err != nil || !ok || b.Vocabulary().Len() != 300 {
		t.Fatalf("%#v, %v", tokenizer, err)
	}
	// A resumed run needs no flags about its tokens, but accepts the same ones.
	done(t, words("train --text %s --out %s --resume --steps 5", book, dir)...)
	done(t, words("train --text %s --out %s --resume --steps 6 --tokens bpe", book, dir)...)
	evaluateBPE(t, dir, book)
	generateBPE(t, dir)
	for _, args := range [][]string{
		words("ngram --model %s", dir),
		words("ngram --text %s --tokens bpe --vocabulary 300 --valid 0.2 --test 0.2", book),
	} {
		if out := done(t, args...); !strings.Contains(out, "vocabulary 300") || strings.Count(out, "\n") != 4 {
			t.Errorf("%q:\n%s", args, out)
		}
	}
	// Another run can take the tokenizer from the file or, with --from, from the model.
	given, learned := filepath.Join(base, "given"), filepath.Join(dir, text.TokenizerFile)
	done(t, append(train, words("--out %s --tokenizer %s --steps 2 --checkpoint-every 2", given, learned)...)...)
	if out := done(t, "compare", dir, given); strings.Contains(out, "different tokens") {
		t.Errorf("compare:\n%s", out)
	}
	done(t, words("train --text %s --out %s --resume --steps 3 --tokenizer %s", book, given, learned)...)
	done(t, words("train --text %s --out %s/from --from %s --tokens bpe --steps 2", book, base, dir)...)
	code, out, errors := call(t, "l'été", "tokenize", "--model", dir, "--tokens", "bpe")
	var tokens []string
	err = json.Unmarshal([]byte(out), &tokens)
	if code != exitDone || err != nil || tokenizer.Join(tokens) != "l'été" {
		t.Errorf("tokenize: %d, %v\n%s%s", code, err, out, errors)
	}
}

// evaluateBPE evaluates the model on each part of its text and on all of it.
func evaluateBPE(t *testing.T, dir, book string) {
	t.Helper()
	for _, part := range []string{"train", "valid", "test", "all"} {
		args := words("eval --model %s --part %s --json", dir, part)
		if part == "all" {
			args = append(args, "--text", book)
		}
		var e struct {
			Tokens, Unknown int
			Bits            float64 `json:"bits_per_character"`
		}
		err := json.Unmarshal([]byte(done(t, args...)), &e)
		if err != nil || e.Tokens < 100 || e.Unknown != 0 || e.Bits <= 0 {
			t.Errorf("eval --part %s: %+v, %v", part, e, err)
		}
	}
}

// generateBPE generates texts at a temperature so high that some characters would be cut: the output is still UTF-8.
func generateBPE(t *testing.T, dir string) {
	t.Helper()
	const prompt = "Où est l'été"
	for seed := range 5 {
		args := append(words("generate --model %s --length 30 --temperature 3 --seed %d --prompt", dir, seed), prompt)
		out := done(t, args...)
		var generated struct {
			Samples []struct{ Text string }
		}
		err := json.Unmarshal([]byte(done(t, append(args, "--json")...)), &generated)
		if err != nil || out != generated.Samples[0].Text+"\n" || !utf8.ValidString(out) ||
			!strings.HasPrefix(out, prompt) || strings.Contains(out, "Ġ") {
			t.Errorf("generate: %v\n%q\n%q", err, out, generated)
		}
	}
}
