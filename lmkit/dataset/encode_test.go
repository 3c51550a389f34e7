package dataset

import (
	"context"
	"crypto/sha256"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/golden"
	"owlm/internal/want"
	"owlm/lmkit/text"
)

// plain hides that a tokenizer can tokenize block by block.
type plain struct{ text.Tokenizer }

// encoded has the options of TestEncode.
var encoded = map[string]Options{
	"words": {
		Tokenizer: text.Words{Lowercase: true}, Valid: 0.1, Test: 0.05,
		VocabularyOptions: text.VocabularyOptions{Unknown: "<unk>", Size: 1000},
	},
	"characters": {
		Tokenizer: text.Characters{}, Valid: 0.05,
		VocabularyOptions: text.VocabularyOptions{Unknown: "?", MinCount: 3},
	},
	"all": {Tokenizer: text.Words{}},
	"plain": {
		Tokenizer: plain{text.Words{}}, VocabularyOptions: text.VocabularyOptions{Unknown: "<unk>", MinCount: 2},
	},
}

// TestEncode compares Encode, in memory and in a file, with its steps: Tokenize, Split, NewVocabulary, Encode and
// Offset.
func TestEncode(t *testing.T) {
	book := golden.Opticks(t)
	for name, o := range encoded {
		tokens := o.Tokenizer.Tokenize(book)
		cut, err := Split(tokens, o.Valid, o.Test)
		if err != nil {
			t.Fatal(err)
		}
		vocabulary, err := text.NewVocabulary(cut.Train, o.VocabularyOptions)
		if err != nil {
			t.Fatal(err)
		}
		want, err := vocabulary.Encode(tokens)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"", filepath.Join(t.TempDir(), "tokens.bin")} {
			o.Path, o.Vocabulary = path, nil
			e, err := Encode(t.Context(), text.String("it", book), o)
			if err != nil {
				t.Fatal(err)
			}
			check := func(e *Parts) {
				t.Helper()
				if !slices.Equal(e.Vocabulary.Tokens(), vocabulary.Tokens()) || !slices.Equal(All(e.IDs), want) ||
					e.Bytes != len(book) || e.Text != sha256.Sum256([]byte(book)) {
					t.Errorf("%s, %q: another text, %+v", name, path, e.Header)
				}
				compareParts(t, book, tokens, cut, e)
			}
			check(e)
			e.Close()
			if path == "" {
				continue
			}
			o.Vocabulary = vocabulary
			again, err := Open(o)
			if err != nil {
				t.Fatal(err)
			}
			check(again)
			again.Close()
			other := o
			other.Valid = 0.4
			if _, err := Open(other); err == nil || !strings.Contains(err.Error(), "another tokenizer") {
				t.Errorf("%s: with another split: %v", name, err)
			}
		}
	}
}

// compareParts compares the parts of a text with its tokens, which were cut by Split.
func compareParts(t *testing.T, content string, tokens []string, cut Splits[string], e *Parts) {
	t.Helper()
	all := All(e.IDs)
	at, from := 0, 0
	for i, part := range []Part{e.Train, e.Valid, e.Test} {
		words := [][]string{cut.Train, cut.Valid, cut.Test}[i]
		size := PartSize{Tokens: len(words)}
		for _, word := range words {
			if _, known := e.Vocabulary.ID(word); !known {
				size.Unknown++
			}
		}
		to := text.Offset(e.Tokenizer, content, tokens, at+len(words))
		size.Characters = utf8.RuneCountInString(content[from:to])
		same := slices.Equal(All(part.IDs), all[at:at+len(words)])
		if part.PartSize != size || part.IDs.Len() != len(words) || !same {
			t.Errorf("%T: part %d is %+v, want %+v", e.Tokenizer, i, part.PartSize, size)
		}
		at, from = at+len(words), to
	}
}

// BenchmarkEncode reads, tokenizes and writes a token file, as training does.
func BenchmarkEncode(b *testing.B) {
	book := golden.Opticks(b)
	bpe, err := text.BPE{VocabularySize: 8000}.Train(b.Context(), strings.NewReader(book))
	if err != nil {
		b.Fatal(err)
	}
	for _, tokenizer := range []text.Tokenizer{text.Words{Lowercase: true}, text.Characters{}, bpe} {
		b.Run(text.Kind(tokenizer), func(b *testing.B) {
			o := Options{Tokenizer: tokenizer, Path: filepath.Join(b.TempDir(), "tokens.bin")}
			b.SetBytes(int64(len(book)))
			for b.Loop() {
				e, err := Encode(b.Context(), text.String("it", book), o)
				if err != nil {
					b.Fatal(err)
				}
				e.Close()
			}
		})
	}
}

// TestEncodeRefuses checks the errors of Encode, which leave nothing behind.
func TestEncodeRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"", filepath.Join(dir, "tokens.bin")} {
		o := Options{Tokenizer: text.Words{}, Path: path}
		_, err := Encode(t.Context(), text.String("it", " "), o)
		want.Error(t, err, "no tokens")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = Encode(ctx, text.String("it", strings.Repeat("The owl. ", 64<<10)), o)
		if err != context.Canceled {
			t.Errorf("error %v", err)
		}
		o.Valid = 0.2
		_, err = Encode(t.Context(), text.String("it", "a b c d e f g h a x"), o)
		var unknown *text.UnknownTokenError
		if !errors.As(err, &unknown) || unknown.Token != "x" || unknown.Position != 1 ||
			!strings.HasPrefix(err.Error(), "validation text: token 2") {
			t.Errorf("error %v", err)
		}
		for _, source := range []text.Source{text.Apart("rows"), {Name: "rows"}} {
			_, err = Encode(t.Context(), source, o)
			want.Error(t, err, "rows: the source has no text, no documents and no token ids")
			_, err = SHA256(t.Context(), source, nil)
			want.Error(t, err, "rows: the source has no text")
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestTemporaryTokens encodes a file without a token file of its own. Close must leave no temporary file.
func TestTemporaryTokens(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	source := text.File(want.File(t, "owl.txt", "the owl, the owl"), false)
	p, err := Encode(t.Context(), source, Options{Tokenizer: text.Words{}})
	if err != nil {
		t.Fatal(err)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "lmkit-*", TokensFile)); len(found) != 1 {
		t.Errorf("the ids are not in a file: %v", found)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "lmkit-*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}
