package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/golden"
	"owlm/lmkit/text"
)

// joined is the text of a part.
func joined(e *Parts, p Part) string { return e.Tokenizer.Join(e.Vocabulary.Decode(All(p.IDs))) }

// learned is byte-pair encoding that has learned something.
func learned(t testing.TB) text.BPE {
	t.Helper()
	b, err := text.BPE{VocabularySize: 300}.Train(context.Background(), strings.NewReader(strings.Repeat("The owl's end. He won't. U.S.  \n\n", 3)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// file is tokenizer.json, as far as these tests look at it.
func file(t testing.TB, b text.BPE) (f map[string]any) {
	t.Helper()
	data, err := text.MarshalTokenizer(b)
	if err == nil {
		err = json.Unmarshal(data, &f)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// mergesOf lists what byte-pair encoding has learned.
func mergesOf(t testing.TB, b text.BPE) []any {
	t.Helper()
	return file(t, b)["model"].(map[string]any)["merges"].([]any)
}

// withAdded returns byte-pair encoding with added tokens, which a text is searched for before anything else.
func withAdded(t testing.TB, b text.BPE, tokens ...string) text.Tokenizer {
	t.Helper()
	f := file(t, b)
	var list []any
	for i, token := range tokens {
		list = append(list, map[string]any{"id": b.Vocabulary().Len() + i, "content": token,
			"single_word": false, "lstrip": false, "rstrip": false, "normalized": false, "special": false})
	}
	f["added_tokens"] = list
	data, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	added, err := text.ParseTokenizer(data)
	if err != nil {
		t.Fatal(err)
	}
	return added
}

// hardTexts are those that byte-pair encoding is held against Hugging Face's with.
func hardTexts(t testing.TB) []string {
	t.Helper()
	var g struct{ Texts []string }
	golden.Read(t, "../text/testdata/bpe.json", &g)
	if len(g.Texts) < 70 {
		t.Fatal("goldens are missing")
	}
	return g.Texts
}

// TestEncodeBPE cuts a book, with byte-pair encoding that learns and that has learned, in memory and in a file: the
// tokens of the parts are the texts of the parts, and the merges are those of the training part alone.
func TestEncodeBPE(t *testing.T) {
	book := golden.Opticks(t)
	for name, o := range map[string]Options{
		"learning": {Tokenizer: text.BPE{}, Valid: 0.1, Test: 0.05, VocabularyOptions: text.VocabularyOptions{Size: 1000}},
		"its size": {Tokenizer: text.BPE{VocabularySize: 500, MinFrequency: 3}, Valid: 0.3, VocabularyOptions: text.VocabularyOptions{Unknown: "<unk>"}},
		"whole":    {Tokenizer: text.BPE{VocabularySize: 257}},
		"learned":  {Tokenizer: learned(t), Valid: 0.33, Test: 0.33},
		"added":    {Tokenizer: withAdded(t, learned(t), "l's", ". T"), Valid: 0.33, Test: 0.33},
	} {
		for _, path := range []string{"", filepath.Join(t.TempDir(), "tokens.bin")} {
			o.Path, o.Vocabulary = path, nil
			e, err := Encode(context.Background(), text.String("it", book), o)
			if err != nil {
				t.Fatal(err)
			}
			o.Tokenizer, o.Vocabulary = e.Tokenizer, e.Vocabulary
			checkParts(t, name, book, e, o)
			if path == "" {
				continue
			}
			e.Close()
			again, err := Open(o)
			if err != nil {
				t.Fatal(err)
			}
			checkParts(t, name+", opened", book, again, o)
			again.Close()
			o.Tokenizer = text.BPE{VocabularySize: 9999}
			if _, err := Open(o); err == nil || !strings.Contains(err.Error(), "another tokenizer") {
				t.Errorf("%s: with another tokenizer: %v", name, err)
			}
			o.Tokenizer = e.Tokenizer
		}
	}
}

func checkParts(t *testing.T, name, book string, e *Parts, o Options) {
	t.Helper()
	b := e.Tokenizer.(text.BPE)
	train, valid, test := joined(e, e.Train), joined(e, e.Valid), joined(e, e.Test)
	if train+valid+test != book || e.Bytes != len(book) || e.Text != sha256.Sum256([]byte(book)) {
		t.Errorf("%s: the parts are not the book", name)
	}
	if !slices.Equal(All(e.IDs), b.Encode(book)) || !slices.Equal(All(e.Train.IDs), b.Encode(train)) || !slices.Equal(e.Vocabulary.Tokens(), b.Vocabulary().Tokens()) {
		t.Errorf("%s: other tokens than those of the book", name)
	}
	validAt, testAt, err := SplitAt(utf8.RuneCountInString(book), o.Valid, o.Test)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, part := range []Part{e.Train, e.Valid, e.Test} {
		content := []string{train, valid, test}[i]
		if want := (PartSize{Tokens: len(b.Encode(content)), Characters: utf8.RuneCountInString(content)}); part.PartSize != want || part.IDs.Len() != want.Tokens {
			t.Errorf("%s: part %d is %+v, want %+v", name, i, part.PartSize, want)
		}
		at += part.Characters
		if want := []int{validAt, testAt, at}[i]; at < want || at > want+30 { // no word of the book is longer
			t.Errorf("%s: part %d ends at character %d, want %d or a little more", name, i, at, want)
		}
	}
	if !strings.HasPrefix(name, "learning") {
		return
	}
	alone, err := text.BPE{VocabularySize: 1000}.Train(context.Background(), strings.NewReader(train))
	if err != nil || !slices.Equal(mergesOf(t, b), mergesOf(t, alone)) {
		t.Errorf("%s: the merges are not those of the training part: %v", name, err)
	}
	all, err := text.BPE{VocabularySize: 1000}.Train(context.Background(), strings.NewReader(book))
	if err != nil || slices.Equal(mergesOf(t, b), mergesOf(t, all)) {
		t.Errorf("%s: the merges of the whole book are no others, so that nothing is shown: %v", name, err)
	}
}

// TestHeldOutHasNoSay writes another text into what is held out: the merges stay.
func TestHeldOutHasNoSay(t *testing.T) {
	content := strings.Repeat("the owl sat there. ", 80) + strings.Repeat("zq", 240)
	o := Options{Tokenizer: text.BPE{VocabularySize: 270}, Valid: 0.12, Test: 0.12}
	e, err := Encode(context.Background(), text.String("it", content), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, token := range e.Vocabulary.Tokens() {
		if strings.Contains(token, "zq") {
			t.Errorf("the token %q is held out", token)
		}
	}
	if strings.Contains(joined(e, e.Train), "zq") || !strings.HasSuffix(joined(e, e.Valid), "zq") || e.Valid.Tokens == 0 || e.Test.Tokens == 0 {
		t.Errorf("%+v", e.Header)
	}
	o.Valid, o.Test = 0, 0
	if e, err = Encode(context.Background(), text.String("it", content), o); err != nil || !slices.Contains(e.Vocabulary.Tokens(), "zq") {
		t.Errorf("the mark is not found where it is learned: %v", err)
	}
}

// TestCut cuts hard texts at every character: the tokens stay, wherever a place to cut is near.
func TestCut(t *testing.T) {
	b, err := text.BPE{VocabularySize: 600, MinFrequency: 1}.Train(context.Background(), strings.NewReader(strings.Join(hardTexts(t), "\n")))
	if err != nil {
		t.Fatal(err)
	}
	moved := 0
	for _, text := range append(hardTexts(t), "l'été n'est pas l' 'se 're5 x'", " a  b   c\n\n\nd ", strings.Repeat("é", 3), "") {
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
	// A text without any such place is cut at the character, and one with a distant one too.
	for _, text := range []string{"été", strings.Repeat("é", 3000) + " x"} {
		n := utf8.RuneCountInString(text)
		if places, err := findPlaces(strings.NewReader(text), [2]int{1, n}); err != nil || places != [2]int64{2, 1<<63 - 1} {
			t.Errorf("%.20q: cut at bytes %d, %v", text, places, err)
		}
	}
}

func TestEncodeBPERefuses(t *testing.T) {
	learned := learned(t)
	for _, c := range []struct {
		o    Options
		want []string
	}{
		{Options{Tokenizer: text.BPE{}, VocabularyOptions: text.VocabularyOptions{Size: 100, MinCount: 2}}, []string{"vocabulary size is 100", "256", "min count is 2"}},
		{Options{Tokenizer: text.BPE{}, VocabularyOptions: text.VocabularyOptions{Size: 256}}, []string{"vocabulary size is 256", "at least 257"}},
		{Options{Tokenizer: text.BPE{VocabularySize: 300}, VocabularyOptions: text.VocabularyOptions{Size: 400}}, []string{"is 400", "300", "leave one"}},
		{Options{Tokenizer: learned, VocabularyOptions: text.VocabularyOptions{Size: 5000}}, []string{"is 5000", "has learned already"}},
		{Options{Tokenizer: text.BPE{}, Valid: 0.6, Test: 0.6}, []string{"valid is 0.6 and test 0.6"}},
	} {
		dir := t.TempDir()
		c.o.Path = filepath.Join(dir, "tokens.bin")
		_, err := Encode(context.Background(), text.String("it", "a text"), c.o)
		for _, want := range c.want {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one with %q", err, want)
			}
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	}
	// A vocabulary of another tokenizer may lack tokens.
	few, err := text.NewVocabulary([]string{"a", "b"}, text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var unknown *text.UnknownTokenError
	if _, err := Encode(context.Background(), text.String("it", "abc"), Options{Tokenizer: learned, Vocabulary: few}); !errors.As(err, &unknown) || unknown.Token != "c" || unknown.Position != 2 {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	long := text.String("it", strings.Repeat("The owl. ", 64<<10))
	for _, valid := range []float64{0, 0.1} {
		for _, b := range []text.BPE{{}, learned} {
			if _, err := Encode(ctx, long, Options{Tokenizer: b, Valid: valid}); err != context.Canceled {
				t.Errorf("error %v", err)
			}
		}
	}
}
