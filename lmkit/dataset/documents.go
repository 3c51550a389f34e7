package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"owlm/lmkit/text"
)

// encodeDocuments is Encode for documents that are kept apart. The last ones are held out, whole.
func (o Options) encodeDocuments(ctx context.Context, source text.Source) (*Parts, error) {
	for i, document := range source.Documents {
		if !utf8.ValidString(document) {
			_, _, at := text.Clean(document)
			return nil, fmt.Errorf("document %d: %w", i+1, &text.NotUTF8Error{Name: source.Name, Offset: int64(at)})
		}
	}
	validAt, testAt, err := SplitAt(len(source.Documents), o.Valid, o.Test)
	if err != nil {
		return nil, err
	}
	if o.Tokenizer, err = o.learned(ctx, source.Documents[:validAt]); err != nil {
		return nil, err
	}
	tokens := make([][]string, len(source.Documents))
	counts := make(map[string]int)
	for i, document := range source.Documents {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		tokens[i] = o.Tokenizer.Tokenize(document)
		if i < validAt {
			for _, token := range tokens[i] {
				counts[token]++
			}
		}
	}
	vocabulary := o.Vocabulary
	if b, ok := o.Tokenizer.(text.BPE); ok && vocabulary == nil {
		vocabulary = b.Vocabulary()
	}
	if vocabulary == nil {
		if vocabulary, err = text.VocabularyOf(maps.All(counts), o.VocabularyOptions); err != nil {
			return nil, err
		}
	}
	h := Header{VocabularySize: vocabulary.Len(), Text: hashOfDocuments(source.Documents)}
	if h.Key, err = o.key(vocabulary); err != nil {
		return nil, err
	}
	var ids text.IDList
	starts := make([]int, len(tokens))
	for i, document := range source.Documents {
		part := partAt(i, validAt, testAt)
		size := &h.Sizes[part]
		starts[i] = len(ids)
		for _, token := range tokens[i] {
			id, known := vocabulary.ID(token)
			if id < 0 {
				return nil, unknownIn(part, &text.UnknownTokenError{Token: token, Position: size.Tokens})
			}
			size.Tokens++
			if !known {
				size.Unknown++
			}
			ids = append(ids, id)
		}
		size.Characters += utf8.RuneCountInString(document)
		h.Bytes += len(document)
	}
	return newParts(h, ids, o.Tokenizer, vocabulary, starts), nil
}

// learned returns the tokenizer: byte-pair encoding that has still to learn does so, each document by itself.
func (o Options) learned(ctx context.Context, documents []string) (text.Tokenizer, error) {
	b, ok := o.Tokenizer.(text.BPE)
	if !ok || b.Trained() {
		return o.Tokenizer, nil
	}
	readers := make([]io.Reader, len(documents))
	for i, document := range documents {
		readers[i] = strings.NewReader(document)
	}
	return o.sized(b).Train(ctx, readers...)
}

// partAt returns the part that a place belongs to: 0 to train on, 1 to validate, 2 to test.
func partAt(place, validAt, testAt int) int {
	switch {
	case place >= testAt:
		return 2
	case place >= validAt:
		return 1
	}
	return 0
}

// encodeReady is Encode for token ids. Documents are held out whole; one text is cut between two tokens.
func (o Options) encodeReady(source text.Source) (*Parts, error) {
	t := source.Tokens
	if o.Vocabulary != nil && o.Vocabulary != t.Vocabulary && !o.Vocabulary.Equal(t.Vocabulary) {
		return nil, fmt.Errorf("%s: its token ids are of another vocabulary", source.Name)
	}
	if err := checkIDs(t); err != nil {
		return nil, fmt.Errorf("%s: %w", source.Name, err)
	}
	validAt, testAt, err := splitReady(t, o.Valid, o.Test)
	if err != nil {
		return nil, err
	}
	h := Header{VocabularySize: t.Vocabulary.Len(), Bytes: 4 * t.IDs.Len(), Text: hashOfIDs(t)}
	for i, places := range [3][2]int{{0, validAt}, {validAt, testAt}, {testAt, t.IDs.Len()}} {
		size := &h.Sizes[i]
		if size.Tokens = places[1] - places[0]; size.Tokens == 0 {
			continue
		}
		if size.Tokens == t.IDs.Len() && t.Characters > 0 {
			size.Characters, size.Unknown = t.Characters, t.Unknown
			continue
		}
		tokens := t.Vocabulary.Decode(All(Stretch(t.IDs, places[0], places[1])))
		size.Characters = utf8.RuneCountInString(o.Tokenizer.Join(tokens))
	}
	return newParts(h, t.IDs, o.Tokenizer, t.Vocabulary, t.Starts), nil
}

// splitReady returns the positions at which the parts for validation and testing begin.
func splitReady(t *text.Tokens, valid, test float64) (validAt, testAt int, err error) {
	if t.Starts == nil {
		return SplitAt(t.IDs.Len(), valid, test)
	}
	validAt, testAt, err = SplitAt(len(t.Starts), valid, test)
	starts := append(slices.Clone(t.Starts), t.IDs.Len())
	return starts[validAt], starts[testAt], err
}

// checkIDs refuses ids that the vocabulary does not have: no engine would notice them.
func checkIDs(t *text.Tokens) error {
	if t.Vocabulary == nil {
		return errors.New("token ids need their vocabulary")
	}
	size, block := int32(t.Vocabulary.Len()), make([]int32, 1<<14)
	for at := 0; at < t.IDs.Len(); at += len(block) {
		block = block[:min(len(block), t.IDs.Len()-at)]
		t.IDs.Copy(block, at)
		for i, id := range block {
			if id < 0 || id >= size {
				return fmt.Errorf("id %d, at position %d, is outside the vocabulary, which has %d tokens", id, at+i, size)
			}
		}
	}
	if !slices.IsSorted(t.Starts) || len(t.Starts) > 0 && (t.Starts[0] != 0 || t.Starts[len(t.Starts)-1] > t.IDs.Len()) {
		return errors.New("the documents do not begin at 0 and one behind the other")
	}
	return nil
}
