package bytepair

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"owlm/internal/golden"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// goldens reads what Hugging Face's tokenizers made; the script is in the package that uses this one.
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

// TestClasses holds the class of every code point against what Hugging Face's library keeps together.
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
		var pieces []string
		if err := eachPretoken(strings.NewReader(text), func(s string) { pieces = append(pieces, s) }); err != nil || strings.Join(pieces, "") != text {
			t.Errorf("%q: the pre-tokens are %q, %v", text, pieces, err)
		}
	})
}

func TestPretokensInStretches(t *testing.T) {
	text := strings.Join(goldens(t).Texts, "\n")
	var want []string
	for rest := text; rest != ""; rest = rest[pretoken(rest):] {
		want = append(want, rest[:pretoken(rest)])
	}
	long := strings.Repeat("x", 1<<20-3) + " 's  \u3000 \u3000it'll" + strings.Repeat("é", 3<<20) + " end"
	for _, c := range []struct {
		text string
		want []string
	}{{text, want}, {long, []string{long[:1<<20-3], " '", "s", "  \u3000 ", "\u3000", "it", "'ll", strings.Repeat("é", 3<<20), " end"}}, {"", nil}} {
		var got []string
		if err := eachPretoken(strings.NewReader(c.text), func(s string) { got = append(got, strings.Clone(s)) }); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%d pre-tokens, want %d; %v", len(got), len(c.want), err)
		}
	}
	// A text that is cut behind a pre-token has the same ones.
	b, err := Learn(context.Background(), []io.Reader{strings.NewReader(text)}, 600, 1)
	if err != nil {
		t.Fatal(err)
	}
	ids := b.Encode(text)
	for at := pretoken(text); at < len(text); at += pretoken(text[at:]) {
		if r, _ := utf8.DecodeLastRuneInString(text[:at]); classOf(r) == spaceClass {
			continue // in the first part it may be the end of several spaces
		}
		if parts := append(b.Encode(text[:at]), b.Encode(text[at:])...); !slices.Equal(parts, ids) {
			t.Fatalf("cut at %q, the ids are others", text[at:min(len(text), at+20)])
		}
	}
}
