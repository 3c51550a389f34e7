package dataset

import (
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/golden"
	"owlm/lmkit/text"
)

// TestHeldOutHasNoSay marks the parts that are held out: no merge may come from there.
func TestHeldOutHasNoSay(t *testing.T) {
	content := strings.Repeat("the owl sat there. ", 80) + strings.Repeat("zq", 240)
	o := Options{Tokenizer: text.BPE{VocabularySize: 270}, Valid: 0.12, Test: 0.12}
	e, err := Encode(t.Context(), text.String("it", content), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range e.Vocabulary.Tokens() {
		if strings.Contains(token, "zq") {
			t.Errorf("the token %q is held out", token)
		}
	}
	if strings.Contains(joined(e, e.Train), "zq") || !strings.HasSuffix(joined(e, e.Valid), "zq") ||
		e.Valid.Tokens == 0 || e.Test.Tokens == 0 {
		t.Errorf("%+v", e.Header)
	}
	o.Valid, o.Test = 0, 0
	e, err = Encode(t.Context(), text.String("it", content), o)
	if err != nil || !slices.Contains(e.Vocabulary.Tokens(), "zq") {
		t.Errorf("the mark is not found where it is learned: %v", err)
	}
}

// TestCut cuts hard texts at every character. Wherever the end of a pre-token is near, the tokens must stay the same.
func TestCut(t *testing.T) {
	all := strings.NewReader(strings.Join(hardTexts(t), "\n"))
	b, err := text.BPE{VocabularySize: 600, MinFrequency: 1}.Train(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	moved := 0
	more := []string{"l'été n'est pas l' 'se 're5 x'", " a  b   c\n\n\nd ", "ééé", ""}
	for _, text := range append(hardTexts(t), more...) {
		n := utf8.RuneCountInString(text)
		for first := range n {
			characters := [2]int{first, first + (n-first)/2}
			places, err := findPlaces(strings.NewReader(text), characters)
			if err != nil {
				t.Fatal(err)
			}
			validAt, testAt := min(places[0], int64(len(text))), min(places[1], int64(len(text)))
			if validAt > testAt {
				t.Fatalf("%q: %d characters are cut at bytes %d", text, characters, places)
			}
			parts := slices.Concat(b.Encode(text[:validAt]), b.Encode(text[validAt:testAt]), b.Encode(text[testAt:]))
			exact := len(string([]rune(text)[:characters[0]]))
			if int(validAt) < exact {
				t.Errorf("%q: character %d, at byte %d, is cut at byte %d", text, characters[0], exact, validAt)
			}
			if int(validAt) > exact && testAt > validAt {
				moved++
				if !slices.Equal(b.Encode(text), slices.Concat(b.Encode(text[:validAt]), b.Encode(text[validAt:]))) {
					t.Errorf("%q: cut at byte %d, the ids are others", text, validAt)
				}
			}
			if b.Join(b.Vocabulary().Decode(parts)) != text {
				t.Errorf("%q: the parts are another text", text)
			}
		}
	}
	if moved < 500 {
		t.Errorf("only %d cuts were moved", moved)
	}
	// A text without any such place, or with a distant one, is cut at the character.
	for _, text := range []string{"été", strings.Repeat("é", 3000) + " x"} {
		n := utf8.RuneCountInString(text)
		places, err := findPlaces(strings.NewReader(text), [2]int{1, n})
		if err != nil || places != [2]int64{2, math.MaxInt64} {
			t.Errorf("%.20q: cut at bytes %d, %v", text, places, err)
		}
	}
}

// hardTexts returns the texts on which package text compares byte-pair encoding with Hugging Face's.
func hardTexts(t testing.TB) []string {
	t.Helper()
	var g struct{ Texts []string }
	golden.Read(t, "../text/testdata/bpe.json", &g)
	if len(g.Texts) < 70 {
		t.Fatal("goldens are missing")
	}
	return g.Texts
}
