package dataset

import (
	"slices"
	"strings"
	"testing"

	"owlm/lmkit/text"
)

// documents has rows of data, some of which have nothing to predict.
var documents = []string{"anna", "bo", "", "c", "christopher", "dee", "e", "fitzgerald", "gus", "hal"}

// TestEncodeDocuments compares documents that are kept apart with the same documents, each tokenized by itself.
func TestEncodeDocuments(t *testing.T) {
	o := Options{
		Tokenizer: text.Characters{}, Valid: 0.2, Test: 0.1, VocabularyOptions: text.VocabularyOptions{Unknown: "?"},
	}
	p, err := Encode(t.Context(), text.Apart("names", documents...), o)
	if err != nil {
		t.Fatal(err)
	}
	for i, names := range [][]string{documents[:7], documents[7:9], documents[9:]} {
		part := []Part{p.Train, p.Valid, p.Test}[i]
		var got []string
		predictions := 0
		for _, ids := range part.Documents() {
			got = append(got, strings.Join(p.Vocabulary.Decode(All(ids)), ""))
		}
		known := strings.Map(func(r rune) rune {
			if r == '|' || strings.ContainsRune(strings.Join(documents[:7], ""), r) {
				return r
			}
			return '?'
		}, strings.Join(names, "|"))
		for _, name := range names {
			predictions += max(0, len(name)-1)
		}
		all := strings.Join(names, "")
		size := PartSize{Tokens: len(all), Characters: len(all), Unknown: strings.Count(known, "?")}
		if strings.Join(got, "|") != known || part.PartSize != size || part.Predictions() != predictions {
			t.Errorf("part %d: %q, %+v, %d predictions; want %q, %+v and %d",
				i, got, part.PartSize, part.Predictions(), known, size, predictions)
		}
	}
	moved := append([]string{"ann", "abo"}, documents[2:]...)
	other, err := Encode(t.Context(), text.Apart("names", moved...), o)
	if err != nil || other.Text == p.Text {
		t.Errorf("documents that are cut in another place have the same hash: %v", err)
	}
	// Byte-pair encoding learns nothing across two documents.
	pairs := text.Apart("pairs", slices.Repeat([]string{"xa", "bx"}, 50)...)
	bpe, err := Encode(t.Context(), pairs, Options{Tokenizer: text.BPE{VocabularySize: 300}})
	if err != nil {
		t.Fatal(err)
	}
	tokens := bpe.Vocabulary.Tokens()
	if !slices.Contains(tokens, "xa") || slices.Contains(tokens, "xabx") || slices.Contains(tokens, "ab") {
		t.Errorf("%q", tokens[256:])
	}
}

// TestEmptyDocuments splits documents, some of them empty. An empty document must stay in its part.
func TestEmptyDocuments(t *testing.T) {
	for _, c := range []struct {
		documents    []string
		starts, want string
	}{
		{[]string{"ab", "", "cd", "ef"}, "[0 2] [0] [0]", "[0 1] [2 3] [4 5]"},
		{[]string{"ab", "cdef", "", ""}, "[0 2] [0] [0]", "[0 1 2 3 4 5] [] []"},
		{[]string{"", "abcdef", "", "f"}, "[0 0] [0] [0]", "[0 1 2 3 4 5] [] [5]"},
	} {
		vocabulary, err := text.NewVocabulary(strings.Split("abcdef", ""), text.VocabularyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ids := make([][]int32, len(c.documents))
		for i, document := range c.documents {
			if ids[i], err = vocabulary.Encode(strings.Split(document, "")); err != nil {
				t.Fatal(err)
			}
		}
		o := Options{Tokenizer: text.Characters{}, Valid: 0.25, Test: 0.25, Vocabulary: vocabulary}
		for _, source := range []text.Source{text.Apart("", c.documents...), text.Ready("", vocabulary, ids...)} {
			p, err := Encode(t.Context(), source, o)
			if err != nil || idsOf(p) != c.want || startsOf(p) != c.starts {
				t.Errorf("%q: %+v, %v; want %s that begin at %s", c.documents, p, err, c.want, c.starts)
			}
		}
	}
}
