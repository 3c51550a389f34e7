package dataset

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/golden"
	"owlm/lmkit/text"
)

// plain hides that a tokenizer knows blocks.
type plain struct{ text.Tokenizer }

// TestEncode compares Encode, in memory and in a file, with its parts: Tokenize, Split, NewVocabulary, Encode and Offset.
func TestEncode(t *testing.T) {
	book := golden.Opticks(t)
	for name, o := range map[string]Options{
		"words":      {Tokenizer: text.Words{Lowercase: true}, Valid: 0.1, Test: 0.05, VocabularyOptions: text.VocabularyOptions{Unknown: "<unk>", Size: 1000}},
		"characters": {Tokenizer: text.Characters{}, Valid: 0.05, VocabularyOptions: text.VocabularyOptions{Unknown: "?", MinCount: 3}},
		"all":        {Tokenizer: text.Words{}},
		"plain":      {Tokenizer: plain{text.Words{}}, VocabularyOptions: text.VocabularyOptions{Unknown: "<unk>", MinCount: 2}},
	} {
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
			e, err := Encode(context.Background(), text.String("it", book), o)
			if err != nil {
				t.Fatal(err)
			}
			check := func(e *Parts) {
				t.Helper()
				if !slices.Equal(e.Vocabulary.Tokens(), vocabulary.Tokens()) || !slices.Equal(All(e.IDs), want) || e.Bytes != len(book) || e.Text != sha256.Sum256([]byte(book)) {
					t.Errorf("%s, %q: another text, %+v", name, path, e.Header)
				}
				at, from := 0, 0
				for i, part := range []Part{e.Train, e.Valid, e.Test} {
					words := [][]string{cut.Train, cut.Valid, cut.Test}[i]
					size := PartSize{Tokens: len(words)}
					for _, word := range words {
						if _, known := vocabulary.ID(word); !known {
							size.Unknown++
						}
					}
					to := text.Offset(o.Tokenizer, book, tokens, at+len(words))
					size.Characters = utf8.RuneCountInString(book[from:to])
					if part.PartSize != size || part.IDs.Len() != len(words) || !slices.Equal(All(part.IDs), want[at:at+len(words)]) {
						t.Errorf("%s, %q: part %d is %+v, want %+v", name, path, i, part.PartSize, size)
					}
					at, from = at+len(words), to
				}
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

// BenchmarkEncode reads, tokenizes and writes a token file, as training does.
func BenchmarkEncode(b *testing.B) {
	book := golden.Opticks(b)
	bpe, err := text.BPE{VocabularySize: 8000}.Train(context.Background(), strings.NewReader(book))
	if err != nil {
		b.Fatal(err)
	}
	for _, tokenizer := range []text.Tokenizer{text.Words{Lowercase: true}, text.Characters{}, bpe} {
		b.Run(text.Kind(tokenizer), func(b *testing.B) {
			o := Options{Tokenizer: tokenizer, Path: filepath.Join(b.TempDir(), "tokens.bin")}
			b.SetBytes(int64(len(book)))
			for b.Loop() {
				e, err := Encode(context.Background(), text.String("it", book), o)
				if err != nil {
					b.Fatal(err)
				}
				e.Close()
			}
		})
	}
}

func TestEncodeRefuses(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"", filepath.Join(dir, "tokens.bin")} {
		_, err := Encode(context.Background(), text.String("it", "a b c d e f g h a x"), Options{Tokenizer: text.Words{}, Valid: 0.2, Path: path})
		var unknown *text.UnknownTokenError
		if !errors.As(err, &unknown) || unknown.Token != "x" || unknown.Position != 1 || !strings.HasPrefix(err.Error(), "validation text: token 2") {
			t.Errorf("error %v", err)
		}
		if _, err := Encode(context.Background(), text.String("it", " "), Options{Tokenizer: text.Words{}, Path: path}); err == nil || !strings.Contains(err.Error(), "no tokens") {
			t.Errorf("error %v", err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := Encode(ctx, text.String("it", strings.Repeat("The owl. ", (64<<10))), Options{Tokenizer: text.Words{}, Path: path}); err != context.Canceled {
			t.Errorf("error %v", err)
		}
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// tokenFile is a whole token file with n random ids.
func tokenFile(t testing.TB, path string, n, vocabulary int) []int32 {
	w, err := newTokenWriter(path, &Header{VocabularySize: vocabulary, Bytes: 9, Sizes: [3]PartSize{{n - 2, 7, 1}, {0, 0, 0}, {2, 2, 0}}})
	if err != nil {
		t.Fatal(err)
	}
	defer w.cleanup()
	random := rand.New(rand.NewPCG(1, 1))
	ids := make([]int32, n)
	for i := range ids {
		ids[i] = random.Int32N(int32(vocabulary))
		if err := w.add(ids[i]); err != nil {
			t.Fatal(err)
		}
	}
	file, err := w.finish()
	if err != nil {
		t.Fatal(err)
	}
	file.(*File).Close()
	return ids
}

func TestTokenFile(t *testing.T) {
	for vocabulary, width := range map[int]int64{1: 2, 1 << 16: 2, 1<<16 + 1: 4, 1<<31 - 1: 4} {
		path := filepath.Join(t.TempDir(), "tokens.bin")
		want := tokenFile(t, path, 5000, vocabulary)
		info, err := os.Stat(path)
		if err != nil || info.Size() != tokenHeaderSize+5000*width {
			t.Errorf("%d bytes for a vocabulary of %d, %v", info.Size(), vocabulary, err)
		}
		file, err := OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(1, 2))
		for range 3 * copiesMapped { // so that the file is mapped anew
			from := random.IntN(5000)
			into := make([]int32, random.IntN(5000-from+1))
			file.Copy(into, from)
			if !slices.Equal(into, want[from:from+len(into)]) {
				t.Fatalf("vocabulary %d: other ids from %d to %d", vocabulary, from, from+len(into))
			}
		}
		file.Close()
	}
}

// TestDamagedTokenFile changes every byte of a file, and cuts it off everywhere.
func TestDamagedTokenFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tokens.bin")
	tokenFile(t, path, 20, 300)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	refuse := func(data []byte, what string) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenFile(path); err == nil || !strings.HasPrefix(err.Error(), path) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", what, err)
		}
	}
	for i := range whole {
		data := bytes.Clone(whole)
		data[i] ^= 0x40
		refuse(data, fmt.Sprintf("byte %d changed", i))
		refuse(whole[:i], fmt.Sprintf("cut to %d bytes", i))
	}
	refuse(append(whole, 0), "a byte more")
}

func FuzzTokenFile(f *testing.F) {
	path := filepath.Join(f.TempDir(), "tokens.bin")
	for _, vocabulary := range []int{3, 1 << 17} {
		tokenFile(f, path, 5, vocabulary)
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		h, err := verifyTokens(bytes.NewReader(data), int64(len(data)))
		if err == nil && tokenHeaderSize+h.Tokens()*h.width() != len(data) {
			t.Errorf("%d ids of %d bytes in %d bytes", h.Tokens(), h.width(), len(data))
		}
	})
}
