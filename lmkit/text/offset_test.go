package text

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestOffset finds every token of hard cases: what lies between two places is the token, and white space.
func TestOffset(t *testing.T) {
	data, err := os.ReadFile("testdata/words.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden []struct{ Text string }
	if err := json.Unmarshal(data, &golden); err != nil || len(golden) == 0 {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(bookPath(t, "opticks")); err == nil {
		for _, tokenizer := range []Tokenizer{Words{}, Words{Lowercase: true}} {
			tokens := tokenizer.Tokenize(string(data))
			if end := Offset(tokenizer, string(data), tokens, len(tokens)); end != len(data) {
				t.Errorf("%#v: the tokens of Opticks end at byte %d of %d", tokenizer, end, len(data))
			}
		}
	}
	cases := []string{"İstanbul İİ. \"İ\"", "ΟΔΟΣ ΣΑΣ. ''Σ'' ``σ\"", "Ⱥ Ⱦ K ẞ", Owl}
	for _, c := range golden {
		cases = append(cases, c.Text)
	}
	quotes := strings.NewReplacer("``", `"`, "''", `"`)
	for _, text := range cases {
		if !utf8.ValidString(text) {
			continue
		}
		for _, tokenizer := range []Tokenizer{Words{}, Words{Lowercase: true}, Characters{}, Characters{Lowercase: true}} {
			tokens := tokenizer.Tokenize(text)
			for n := range tokens {
				part := text[Offset(tokenizer, text, tokens, n):Offset(tokenizer, text, tokens, n+1)]
				want := tokens[n]
				if _, words := tokenizer.(Words); words {
					part, want = quotes.Replace(trimRight(part)), quotes.Replace(want)
				}
				if tokenizer == (Words{Lowercase: true}) || tokenizer == (Characters{Lowercase: true}) {
					part, want = strings.ReplaceAll(lower(part), "ς", "σ"), strings.ReplaceAll(want, "ς", "σ")
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
