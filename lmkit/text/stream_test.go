package text

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"owlm/internal/golden"
	"owlm/lmkit/internal/runes"
	"owlm/lmkit/internal/treebank"
)

// wholeWords tokenizes a text as a whole, not in blocks.
func wholeWords(w Words, text string) (tokens []string) {
	if w.Lowercase {
		text = runes.Lower(text)
	}
	for _, sentence := range treebank.Sentences(text) {
		tokens = treebank.AppendSentence(tokens, sentence)
	}
	return tokens
}

// inBlocks tokenizes in blocks of a size. A block may grow to the whole text, so none is cut at an unsafe place.
func inBlocks(t testing.TB, s streamer, size int, text string) (tokens []string) {
	t.Helper()
	err := blocks{s, size, 4 + len(text)}.tokenize(strings.NewReader(text), func(list []string, _ string) error {
		tokens = append(tokens, list...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return tokens
}

// checkBlocks compares the tokens of blocks of a size with those of the whole text, for every tokenizer.
func checkBlocks(t *testing.T, text string, size int) {
	t.Helper()
	for _, lowercase := range []bool{false, true} {
		w, c := Words{lowercase}, Characters{lowercase}
		if got, want := inBlocks(t, w, size, text), wholeWords(w, text); !slices.Equal(got, want) {
			t.Errorf("%#v in blocks of %d bytes, %q:\n got %q\nwant %q", w, size, text, got, want)
		}
		if got, want := inBlocks(t, c, size, text), c.Tokenize(text); !slices.Equal(got, want) {
			t.Errorf("%#v in blocks of %d bytes, %q:\n got %q\nwant %q", c, size, text, got, want)
		}
	}
	for i, b := range learnedBPE() {
		if got, want := inBlocks(t, b, size, text), b.Tokenize(text); !slices.Equal(got, want) {
			t.Errorf("byte-pair encoding %d in blocks of %d bytes, %q:\n got %q\nwant %q", i, size, text, got, want)
		}
	}
}

// learnedBPE returns a BPE that has learned something, and the same with added tokens that cross every boundary.
var learnedBPE = sync.OnceValue(func() []BPE {
	text := strings.Repeat("The owl's end. He won't. U.S.  \n\n", 3)
	b, err := BPE{VocabularySize: 300}.Train(context.Background(), strings.NewReader(text))
	if err != nil {
		panic(err)
	}
	added, err := withAdded(b, map[string]bool{
		"l's": false, ". T": false, "won'": false, "won't end.": true, "  ": true,
	})
	if err != nil {
		panic(err)
	}
	return []BPE{b, added}
})

// withAdded returns b with added tokens. The value of each says whether it is normalized, and so found in the second
// round only.
func withAdded(b BPE, tokens map[string]bool) (BPE, error) {
	data, err := MarshalTokenizer(b)
	if err != nil {
		return b, err
	}
	var file map[string]any
	if err := json.Unmarshal(data, &file); err != nil {
		return b, err
	}
	var list []any
	for _, token := range slices.Sorted(maps.Keys(tokens)) {
		list = append(list, map[string]any{
			"id": b.Vocabulary().Len() + len(list), "content": token, "normalized": tokens[token],
			"single_word": false, "lstrip": false, "rstrip": false, "special": false,
		})
	}
	file["added_tokens"] = list
	if data, err = json.Marshal(file); err != nil {
		return b, err
	}
	t, err := ParseTokenizer(data)
	if err != nil {
		return b, err
	}
	return t.(BPE), nil
}

// pieces is what random texts are put together from: what the rules look at across sentences.
var pieces = []string{
	"a", "Owl", "U.S.", "Mr.", "e.g.", "J.", "3.", "3.14", "etc.", "won't", "end.", "end?", "end!", "end.)",
	"\"Yes.\"", "''", "``", "...", ". . .", "?!", "--", ".", "?", "(", "]",
	"ΟΔΟΣ", "Σ", "'Σ.", "İ.", "É.", "«oui.»", "“no.”", "日本。", "x.", "The", "He",
	"\u00a0", "\u2003", "\u0085", "\u001c", "\n", "\r", "\n\n", "\t", " ", " ", " ", " ", " ", " ", "\x00",
}

func TestBlocksAreTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	rounds := 20000
	if testing.Short() {
		rounds = 1500
	}
	for range rounds {
		var b strings.Builder
		for range 1 + random.IntN(40) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		checkBlocks(t, b.String(), 1+random.IntN(48))
		if t.Failed() {
			return
		}
	}
	for _, g := range goldens(t) {
		checkBlocks(t, g.Text, 1+random.IntN(len(g.Text)+1))
	}
	checkBlocks(t, golden.Opticks(t), 1000)
}

func FuzzBlocks(f *testing.F) {
	for _, g := range goldens(f) {
		f.Add(g.Text, byte(7))
	}
	f.Fuzz(func(t *testing.T, text string, size byte) {
		if utf8.ValidString(text) {
			checkBlocks(t, text, 1+int(size))
		}
	})
}

// readTokens returns all tokens of TokenizeReader.
func readTokens(tokenizer Tokenizer, r io.Reader) (all []string, err error) {
	err = TokenizeReader(tokenizer, r, func(tokens []string, _ string) error {
		all = append(all, tokens...)
		return nil
	})
	return all, err
}

// TestReadersPieces reads a text one byte at a time, in halves, and with io.EOF beside the last data.
func TestReadersPieces(t *testing.T) {
	text := golden.Opticks(t)
	want := Words{}.Tokenize(text)
	for _, pieces := range []func(io.Reader) io.Reader{
		iotest.OneByteReader, iotest.HalfReader, iotest.DataErrReader,
	} {
		if got, err := readTokens(Words{}, pieces(strings.NewReader(text))); err != nil || !slices.Equal(got, want) {
			t.Errorf("%d tokens, want %d; %v", len(got), len(want), err)
		}
	}
	failing := io.MultiReader(strings.NewReader("One. Two."), iotest.ErrReader(io.ErrNoProgress))
	if _, err := readTokens(Words{}, failing); err != io.ErrNoProgress {
		t.Errorf("error %v", err)
	}
}

// TestOneLine tokenizes long lines without the end of a sentence. They must be cut at white space, or inside a word if
// there is none.
func TestOneLine(t *testing.T) {
	line := strings.Repeat("owl and fox, ", 400000)
	w := Words{}
	if got, want := w.Tokenize(line), wholeWords(w, line); !slices.Equal(got, want) {
		t.Errorf("%d tokens, want %d", len(got), len(want))
	}
	word := strings.Repeat("日", 1<<20)
	tokens := w.Tokenize(word)
	if len(tokens) != 4 || strings.Join(tokens, "") != word {
		t.Errorf("a word of %d bytes became %d tokens", len(word), len(tokens))
	}
	for _, token := range tokens {
		if !utf8.ValidString(token) || len(token) > longestStretch {
			t.Errorf("a token of %d bytes", len(token))
		}
	}
}

// plain hides the method beginning of a tokenizer.
type plain struct{ Tokenizer }

func TestTokenizerWithoutBlocks(t *testing.T) {
	got, err := readTokens(plain{Words{}}, strings.NewReader(owl))
	if err != nil || !slices.Equal(got, Words{}.Tokenize(owl)) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestReaderIsClean(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	parts := []string{"a", "é", "日", "\r", "\n", "\r\n", "\x00", "\xff", "\xe6\x97", "\xf0\x9f", "\uFEFF", "\uFFFD"}
	for range 5000 {
		var b strings.Builder
		for range random.IntN(12) {
			b.WriteString(parts[random.IntN(len(parts))])
		}
		text := b.String()
		want, replaced, first := slowClean(text)
		for _, in := range []io.Reader{
			strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text)),
			iotest.DataErrReader(strings.NewReader(text)),
		} {
			r := NewReader("it", in, true)
			got, err := io.ReadAll(r)
			if err != nil || string(got) != want || r.Replaced() != replaced || int(r.cleaner.first) != first {
				t.Fatalf("%q: got %q, %d, %d, %v, want %q, %d, %d",
					text, got, r.Replaced(), r.cleaner.first, err, want, replaced, first)
			}
		}
		if got, n, at := Clean(text); got != want || n != replaced || at != first {
			t.Fatalf("%q: Clean gives %q, %d, %d, want %q, %d, %d", text, got, n, at, want, replaced, first)
		}
	}
}

// slowClean applies the rules of Clean one by one.
func slowClean(s string) (clean string, replaced, first int) {
	first = -1
	for i, r := range s {
		if _, size := utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && size == 1 {
			if replaced++; first < 0 {
				first = i
			}
		}
		clean += string(r)
	}
	return strings.ReplaceAll(strings.TrimPrefix(clean, "\uFEFF"), "\r\n", "\n"), replaced, first
}

func TestReaderRefuses(t *testing.T) {
	text := strings.Repeat("owl ", 50000) + "\xff"
	_, err := io.ReadAll(NewReader("book.txt", strings.NewReader(text), false))
	if err == nil || err.Error() != "book.txt: byte 200000 is not UTF-8" {
		t.Errorf("error %v", err)
	}
}
