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
	"owlm/internal/want"
	"owlm/lmkit/text"
)

// TestEncodeBPE cuts a book, with byte-pair encoding that learns and that has learned, in memory and in a file. Each
// part must have the tokens of its text, and the merges must be those of the training part alone.
func TestEncodeBPE(t *testing.T) {
	book := golden.Opticks(t)
	for name, o := range map[string]Options{
		"learning": {
			Tokenizer: text.BPE{}, Valid: 0.1, Test: 0.05, VocabularyOptions: text.VocabularyOptions{Size: 1000},
		},
		"its size": {
			Tokenizer: text.BPE{VocabularySize: 500, MinFrequency: 3}, Valid: 0.3,
			VocabularyOptions: text.VocabularyOptions{Unknown: "<unk>"},
		},
		"whole":   {Tokenizer: text.BPE{VocabularySize: 257}},
		"learned": {Tokenizer: learned(t), Valid: 0.33, Test: 0.33},
		"added":   {Tokenizer: withAdded(t, learned(t), "l's", ". T"), Valid: 0.33, Test: 0.33},
	} {
		for _, path := range []string{"", filepath.Join(t.TempDir(), "tokens.bin")} {
			o.Path, o.Vocabulary = path, nil
			e, err := Encode(t.Context(), text.String("it", book), o)
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
	if !slices.Equal(All(e.IDs), b.Encode(book)) || !slices.Equal(All(e.Train.IDs), b.Encode(train)) ||
		!slices.Equal(e.Vocabulary.Tokens(), b.Vocabulary().Tokens()) {
		t.Errorf("%s: other tokens than those of the book", name)
	}
	validAt, testAt, err := SplitAt(utf8.RuneCountInString(book), o.Valid, o.Test)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, part := range []Part{e.Train, e.Valid, e.Test} {
		content := []string{train, valid, test}[i]
		want := PartSize{Tokens: len(b.Encode(content)), Characters: utf8.RuneCountInString(content)}
		if part.PartSize != want || part.IDs.Len() != want.Tokens {
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
	alone, err := text.BPE{VocabularySize: 1000}.Train(t.Context(), strings.NewReader(train))
	if err != nil || !slices.Equal(mergesOf(t, b), mergesOf(t, alone)) {
		t.Errorf("%s: the merges are not those of the training part: %v", name, err)
	}
	all, err := text.BPE{VocabularySize: 1000}.Train(t.Context(), strings.NewReader(book))
	if err != nil || slices.Equal(mergesOf(t, b), mergesOf(t, all)) {
		t.Errorf("%s: the merges of the whole book are no others, so that nothing is shown: %v", name, err)
	}
}

// TestEncodeBPERefuses checks that an error names every problem, and that nothing is left behind.
func TestEncodeBPERefuses(t *testing.T) {
	learned := learned(t)
	for _, c := range []struct {
		o    Options
		want []string
	}{
		{
			Options{Tokenizer: text.BPE{}, VocabularyOptions: text.VocabularyOptions{Size: 100, MinCount: 2}},
			[]string{"vocabulary size is 100", "256", "min count is 2"},
		},
		{
			Options{Tokenizer: text.BPE{}, VocabularyOptions: text.VocabularyOptions{Size: 256}},
			[]string{"vocabulary size is 256", "at least 257"},
		},
		{
			Options{Tokenizer: text.BPE{VocabularySize: 300}, VocabularyOptions: text.VocabularyOptions{Size: 400}},
			[]string{"is 400", "300", "leave one"},
		},
		{
			Options{Tokenizer: learned, VocabularyOptions: text.VocabularyOptions{Size: 5000}},
			[]string{"is 5000", "has learned already"},
		},
		{Options{Tokenizer: text.BPE{}, Valid: 0.6, Test: 0.6}, []string{"valid is 0.6 and test 0.6"}},
	} {
		dir := t.TempDir()
		c.o.Path = filepath.Join(dir, "tokens.bin")
		_, err := Encode(t.Context(), text.String("it", "a text"), c.o)
		want.Error(t, err, c.want...)
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
	_, err = Encode(t.Context(), text.String("it", "abc"), Options{Tokenizer: learned, Vocabulary: few})
	if !errors.As(err, &unknown) || unknown.Token != "c" || unknown.Position != 2 {
		t.Errorf("error %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
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

// joined returns the text of a part.
func joined(e *Parts, p Part) string { return e.Tokenizer.Join(e.Vocabulary.Decode(All(p.IDs))) }

// learned returns byte-pair encoding that has learned something.
func learned(t testing.TB) text.BPE {
	t.Helper()
	content := strings.Repeat("The owl's end. He won't. U.S.  \n\n", 3)
	b, err := text.BPE{VocabularySize: 300}.Train(t.Context(), strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// tokenizerFile returns the tokenizer.json of byte-pair encoding.
func tokenizerFile(t testing.TB, b text.BPE) (f map[string]any) {
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

// mergesOf lists the merges that byte-pair encoding has learned.
func mergesOf(t testing.TB, b text.BPE) []any {
	t.Helper()
	return tokenizerFile(t, b)["model"].(map[string]any)["merges"].([]any)
}

// withAdded returns byte-pair encoding with added tokens, which are searched for before anything else.
func withAdded(t testing.TB, b text.BPE, tokens ...string) text.Tokenizer {
	t.Helper()
	f := tokenizerFile(t, b)
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
