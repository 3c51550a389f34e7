package dataset

import (
	"errors"
	"os"

	"owlm/lmkit/text"
)

// Parts is a text as token ids, cut into the part to train on and the parts that are held out. Close frees it.
type Parts struct {
	Header
	// Tokenizer made the tokens. It is the tokenizer of the Options or, if that was a text.BPE that was not trained,
	// the trained one.
	Tokenizer text.Tokenizer
	// Vocabulary has tokens of the training part only, unless the Options name another.
	Vocabulary *text.Vocabulary
	// IDs are the ids of the whole text; Train, Valid and Test are its parts.
	IDs                text.IDs
	Train, Valid, Test Part

	temporary string // a directory that Close removes
}

// documentStarts has the positions in the whole text at which the documents of each part begin; nil for one text.
type documentStarts [3][]int

// divide gives each part its documents.
func divide(starts []int, validAt, testAt int) documentStarts {
	return documentStarts{starts[:validAt], starts[validAt:testAt], starts[testAt:]}
}

// newParts cuts ids by the sizes in the header.
func newParts(h Header, ids text.IDs, t text.Tokenizer, vocabulary *text.Vocabulary, starts documentStarts) *Parts {
	p := &Parts{Header: h, IDs: ids, Tokenizer: t, Vocabulary: vocabulary}
	at := 0
	for i, part := range []*Part{&p.Train, &p.Valid, &p.Test} {
		end := at + h.Sizes[i].Tokens
		*part = Part{IDs: Stretch(ids, at, end), Vocabulary: vocabulary, PartSize: h.Sizes[i]}
		if starts[i] != nil {
			part.Starts = make([]int, len(starts[i]))
			for j, start := range starts[i] {
				part.Starts[j] = start - at
			}
		}
		at = end
	}
	return p
}

// Close closes the file with the ids, and removes it if it is temporary. The ids must not be used afterwards. Closing
// nil does nothing.
func (p *Parts) Close() error {
	if p == nil {
		return nil
	}
	var err error
	if file, ok := p.IDs.(*File); ok {
		err = file.Close()
	}
	if p.temporary != "" {
		err = errors.Join(err, os.RemoveAll(p.temporary))
	}
	return err
}
