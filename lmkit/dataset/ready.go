package dataset

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"owlm/lmkit/text"
)

// encodeReady is Encode for token ids that are ready. Documents are held out as a whole; one text is cut between two
// tokens.
func (o Options) encodeReady(source text.Source) (*Parts, error) {
	t := source.Tokens
	if err := checkIDs(t); err != nil {
		return nil, named(source, err)
	}
	if o.Vocabulary != nil && !o.Vocabulary.Equal(t.Vocabulary) {
		return nil, named(source, errors.New("its token ids are of another vocabulary"))
	}
	if b, ok := o.Tokenizer.(text.BPE); ok && (!b.Trained() || !b.Vocabulary().Equal(t.Vocabulary)) {
		return nil, named(source, errors.New("its token ids need the byte-pair encoding that made them, trained"))
	}
	ends, starts, err := splitReady(t, o.Valid, o.Test)
	if err != nil {
		return nil, err
	}
	h := Header{VocabularySize: t.Vocabulary.Len(), Bytes: 4 * t.IDs.Len(), Text: hashOfIDs(t)}
	at := 0
	for i, end := range ends {
		h.Sizes[i] = o.readySize(t, at, end)
		at = end
	}
	return newParts(h, t.IDs, o.Tokenizer, t.Vocabulary, starts), nil
}

// readySize measures the ids from position from up to position to.
func (o Options) readySize(t *text.Tokens, from, to int) PartSize {
	size := PartSize{Tokens: to - from}
	switch {
	case size.Tokens == 0:
	case size.Tokens == t.IDs.Len() && t.Characters > 0:
		size.Characters, size.Unknown = t.Characters, t.Unknown
	default:
		tokens := t.Vocabulary.Decode(All(Stretch(t.IDs, from, to)))
		size.Characters = utf8.RuneCountInString(o.Tokenizer.Join(tokens))
	}
	return size
}

// splitReady returns the position at which each part ends, and the documents of each part.
func splitReady(t *text.Tokens, valid, test float64) (ends [3]int, starts documentStarts, err error) {
	n := t.IDs.Len()
	if t.Starts == nil {
		validAt, testAt, err := SplitAt(n, valid, test)
		return [3]int{validAt, testAt, n}, starts, err
	}
	validAt, testAt, err := SplitAt(len(t.Starts), valid, test)
	if err != nil {
		return ends, starts, err
	}
	places := append(slices.Clone(t.Starts), n)
	return [3]int{places[validAt], places[testAt], n}, divide(t.Starts, validAt, testAt), nil
}

// checkIDs refuses ids that the vocabulary does not have, because no engine would report them.
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
				return fmt.Errorf("id %d, at position %d, is outside the vocabulary, which has %d tokens",
					id, at+i, size)
			}
		}
	}
	n := len(t.Starts)
	if !slices.IsSorted(t.Starts) || n > 0 && (t.Starts[0] != 0 || t.Starts[n-1] > t.IDs.Len()) {
		return errors.New("the starts of the documents must begin with 0, be sorted, and stay within the token ids")
	}
	return nil
}
