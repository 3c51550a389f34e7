package dataset

import (
	"fmt"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit/text"
)

// TestReadyIDs cuts token ids, as one text and as documents.
func TestReadyIDs(t *testing.T) {
	vocabulary := letters(t)
	o := Options{Tokenizer: text.Words{}, Valid: 0.25, Test: 0.25}
	want := "[0 1 2 3] [4 5] [6 7]"
	one, err := Encode(t.Context(), text.Ready("ids", vocabulary, []int32{0, 1, 2, 3, 4, 5, 6, 7}), o)
	if err != nil || idsOf(one) != want || one.Valid.Characters != len("e f") {
		t.Errorf("%+v, %v", one, err)
	}
	documents := text.Ready("ids", vocabulary, []int32{0, 1, 2}, []int32{3}, []int32{4, 5}, []int32{6, 7})
	rows, err := Encode(t.Context(), documents, o)
	if err != nil || idsOf(rows) != want || startsOf(rows) != "[0 3] [0] [0]" {
		t.Errorf("%+v, %v", rows, err)
	}
}

// TestReadyIDsRefused encodes what are no ids of the vocabulary.
func TestReadyIDsRefused(t *testing.T) {
	vocabulary := letters(t)
	o := Options{Tokenizer: text.Words{}, Valid: 0.25, Test: 0.25}
	for reason, source := range map[string]text.Source{
		"ids: id 10, at position 1, is outside": text.Ready("ids", vocabulary, []int32{0, 10}),
		"id -1":                                 text.Ready("ids", vocabulary, []int32{-1}),
		"their vocabulary":                      text.Ready("ids", nil, []int32{0}),
		"must begin with 0, be sorted": {
			Name: "ids", Tokens: &text.Tokens{IDs: text.IDList{0, 1}, Vocabulary: vocabulary, Starts: []int{0, 5}},
		},
	} {
		_, err := Encode(t.Context(), source, o)
		want.Error(t, err, reason)
	}
	few, err := text.NewVocabulary([]string{"a"}, text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	o = Options{Tokenizer: text.Words{}, Vocabulary: few}
	_, err = Encode(t.Context(), text.Ready("ids", vocabulary, []int32{0}), o)
	want.Error(t, err, "another vocabulary")
	o = Options{Tokenizer: text.BPE{}}
	_, err = Encode(t.Context(), text.Ready("ids", vocabulary, []int32{0}), o)
	want.Error(t, err, "ids: its token ids need the byte-pair encoding that made them")
	_, err = Encode(t.Context(), text.Ready("", nil, []int32{0}), o)
	want.Error(t, err, "token ids need their vocabulary")
	if strings.HasPrefix(err.Error(), ":") {
		t.Errorf("a name is missing: %v", err)
	}
}

// letters returns a vocabulary of ten letters.
func letters(t *testing.T) *text.Vocabulary {
	t.Helper()
	v, err := text.NewVocabulary(strings.Split("a b c d e f g h i j", " "), text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// idsOf shows the ids of each part.
func idsOf(p *Parts) string { return fmt.Sprint(All(p.Train.IDs), All(p.Valid.IDs), All(p.Test.IDs)) }

// startsOf shows where the documents of each part begin.
func startsOf(p *Parts) string { return fmt.Sprint(p.Train.Starts, p.Valid.Starts, p.Test.Starts) }
