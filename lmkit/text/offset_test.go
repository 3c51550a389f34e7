package text

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/golden"
	"owlm/lmkit/internal/runes"
)

// TestOffset cuts hard texts at the offsets of their tokens: each part must be the token, with white space after it.
func TestOffset(t *testing.T) {
	if data, err := os.ReadFile(golden.Book(t, "opticks")); err == nil {
		for _, tokenizer := range []Tokenizer{Words{}, Words{Lowercase: true}} {
			tokens := tokenizer.Tokenize(string(data))
			if end := Offset(tokenizer, string(data), tokens, len(tokens)); end != len(data) {
				t.Errorf("%#v: the tokens of Opticks end at byte %d of %d", tokenizer, end, len(data))
			}
		}
	}
	cases := []string{"İstanbul İİ. \"İ\"", "ΟΔΟΣ ΣΑΣ. ''Σ'' ``σ\"", "Ⱥ Ⱦ K ẞ", owl}
	for _, g := range goldens(t) {
		cases = append(cases, g.Text)
	}
	quotes := strings.NewReplacer("``", `"`, "''", `"`)
	for _, text := range cases {
		if !utf8.ValidString(text) {
			continue
		}
		for _, tokenizer := range []Tokenizer{
			Words{}, Words{Lowercase: true}, Characters{}, Characters{Lowercase: true},
		} {
			tokens := tokenizer.Tokenize(text)
			for n := range tokens {
				part := text[Offset(tokenizer, text, tokens, n):Offset(tokenizer, text, tokens, n+1)]
				want := tokens[n]
				if _, words := tokenizer.(Words); words {
					part, want = quotes.Replace(runes.TrimRight(part)), quotes.Replace(want)
				}
				if tokenizer == (Words{Lowercase: true}) || tokenizer == (Characters{Lowercase: true}) {
					part, want = strings.ReplaceAll(runes.Lower(part), "ς", "σ"), strings.ReplaceAll(want, "ς", "σ")
				}
				if part != want && !strings.Contains("i̇", want) {
					t.Errorf("%#v, %q: token %d, %q, is at %q", tokenizer, text, n, tokens[n], part)
				}
			}
			if end := Offset(tokenizer, text, tokens, len(tokens)); len(tokens) > 0 && end != len(text) {
				t.Errorf("%#v, %q: the tokens end at byte %d of %d", tokenizer, text, end, len(text))
			}
		}
	}
}
