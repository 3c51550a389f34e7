package bytepair

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/golden"
)

// goldens reads what Hugging Face's tokenizers made; bpe.py beside the file is the script.
func goldens(t testing.TB) (g struct {
	Texts   []string
	Classes struct {
		Count  map[string]int
		SHA256 string
	}
}) {
	golden.Read(t, "../../text/testdata/bpe.json", &g)
	if len(g.Texts) < 70 || g.Classes.SHA256 == "" {
		t.Fatal("goldens are missing")
	}
	return g
}

// TestClasses compares the class of every code point with the one that Hugging Face's library gives it.
func TestClasses(t *testing.T) {
	g, count := goldens(t).Classes, make(map[string]int)
	var all strings.Builder
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if utf8.ValidRune(r) {
			name := string("OLNS"[classOf(r)])
			count[name]++
			all.WriteString(name)
		}
	}
	if fmt.Sprintf("%x", sha256.Sum256([]byte(all.String()))) != g.SHA256 {
		t.Errorf("the numbers of letters, numbers, others and spaces are %v, want %v", count, g.Count)
	}
}

func FuzzPretokens(f *testing.F) {
	for _, text := range goldens(f).Texts {
		f.Add(text)
	}
	f.Add("\xff\xc3 \xe2\x82")
	f.Fuzz(func(t *testing.T, text string) {
		pieces, err := pretokensOf(text)
		if err != nil || strings.Join(pieces, "") != text {
			t.Errorf("%q: the pre-tokens are %q, %v", text, pieces, err)
		}
	})
}

func pretokensOf(text string) (list []string, err error) {
	err = eachPretoken(strings.NewReader(text), func(s string) { list = append(list, strings.Clone(s)) })
	return list, err
}

// TestPretokensInStretches reads hard texts, and one that is longer than what eachPretoken holds in memory at once.
func TestPretokensInStretches(t *testing.T) {
	text := strings.Join(goldens(t).Texts, "\n")
	var want []string
	for rest := text; rest != ""; rest = rest[pretoken(rest):] {
		want = append(want, rest[:pretoken(rest)])
	}
	start, word := strings.Repeat("x", 1<<20-3), strings.Repeat("é", 3<<20)
	long := start + " 's  \u3000 \u3000it'll" + word + " end"
	for _, c := range []struct {
		text string
		want []string
	}{
		{text, want}, {long, []string{start, " '", "s", "  \u3000 ", "\u3000", "it", "'ll", word, " end"}}, {"", nil},
	} {
		if got, err := pretokensOf(c.text); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%d pre-tokens, want %d; %v", len(got), len(c.want), err)
		}
	}
}

// TestCutAfterPretoken encodes the two parts of a text that is cut after each of its pre-tokens.
func TestCutAfterPretoken(t *testing.T) {
	text := strings.Join(goldens(t).Texts, "\n")
	b, err := Learn(context.Background(), []io.Reader{strings.NewReader(text)}, 600, 1)
	if err != nil {
		t.Fatal(err)
	}
	ids := b.Encode(text)
	for at := pretoken(text); at < len(text); at += pretoken(text[at:]) {
		if r, _ := utf8.DecodeLastRuneInString(text[:at]); classOf(r) == spaceClass {
			continue // the first part may end in several spaces, which the whole text splits
		}
		if parts := append(b.Encode(text[:at]), b.Encode(text[at:])...); !slices.Equal(parts, ids) {
			t.Fatalf("cut at %q, the ids are different", text[at:min(len(text), at+20)])
		}
	}
}
