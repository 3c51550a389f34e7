package dataset

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"math"
	"strings"

	"owlm/lmkit/text"
)

// Validate reports every option that does not fit the tokenizer.
func (o Options) Validate() error {
	b, ok := o.Tokenizer.(text.BPE)
	if !ok || o.Vocabulary != nil {
		return nil
	}
	var problems []string
	size := o.VocabularyOptions.Size
	switch {
	case b.Trained() && size != 0 && size != b.Vocabulary().Len():
		problems = append(problems, fmt.Sprintf("vocabulary size is %d, but the tokenizer has learned already, and has %d tokens; leave the size out", size, b.Vocabulary().Len()))
	case !b.Trained() && size != 0 && b.VocabularySize != 0 && size != b.VocabularySize:
		problems = append(problems, fmt.Sprintf("vocabulary size is %d, and that of the tokenizer %d; leave one of the two out", size, b.VocabularySize))
	case !b.Trained():
		b.VocabularySize = cmp.Or(b.VocabularySize, size)
		if err := b.Validate(); err != nil {
			problems = append(problems, err.Error())
		} else if b.VocabularySize == text.MinimumVocabularySize {
			problems = append(problems, fmt.Sprintf("vocabulary size is %d, which leaves nothing to learn: each byte is a token; it must be at least %d", text.MinimumVocabularySize, text.MinimumVocabularySize+1))
		}
	}
	if o.VocabularyOptions.MinCount != 0 {
		problems = append(problems, fmt.Sprintf("min count is %d, but byte-pair encoding drops no tokens; leave it out", o.VocabularyOptions.MinCount))
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s", strings.Join(problems, "; "))
	}
	return nil
}

// encodeBPE is Encode for byte-pair encoding: it cuts the text, learns from the training part what is not learned yet, and
// tokenizes each part by itself.
func (o Options) encodeBPE(ctx context.Context, open func() (io.ReadCloser, error), b text.BPE) (*Parts, error) {
	places, err := cut(ctx, open, o.Valid, o.Test)
	if err != nil {
		return nil, err
	}
	if !b.Trained() {
		if b, err = learnFrom(ctx, o.sized(b), open, places[0]); err != nil {
			return nil, err
		}
	}
	vocabulary := o.Vocabulary
	if vocabulary == nil {
		vocabulary = b.Vocabulary()
	}
	o.Tokenizer = b
	h := Header{VocabularySize: vocabulary.Len()}
	if h.Key, err = o.key(vocabulary); err != nil {
		return nil, err
	}
	out, err := newSink(o.Path, &h)
	if err != nil {
		return nil, err
	}
	defer out.cleanup()
	r, err := open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	in := NewMeasure(cancelable(ctx, r))
	at := int64(0)
	for i, end := range []int64{places[0], places[1], math.MaxInt64} {
		if err := h.encodePart(i, b, vocabulary, in, end-at, out); err != nil {
			return nil, err
		}
		at = end
	}
	h.Bytes, h.Text = in.Bytes, in.SHA256()
	ids, err := out.finish()
	if err != nil {
		return nil, err
	}
	return newParts(h, ids, b, vocabulary, nil), nil
}

// sized returns byte-pair encoding that learns a vocabulary of the size that the options ask for.
func (o Options) sized(b text.BPE) text.BPE {
	b.VocabularySize = cmp.Or(b.VocabularySize, o.VocabularyOptions.Size)
	return b
}

// learnFrom learns from the first bytes of a text.
func learnFrom(ctx context.Context, b text.BPE, open func() (io.ReadCloser, error), bytes int64) (text.BPE, error) {
	r, err := open()
	if err != nil {
		return text.BPE{}, err
	}
	defer r.Close()
	return b.Train(ctx, io.LimitReader(cancelable(ctx, r), bytes))
}

// encodePart tokenizes a part, the next bytes of a text, and counts what is in it.
func (h *Header) encodePart(i int, b text.BPE, vocabulary *text.Vocabulary, in *Measure, bytes int64, out sink) error {
	part, before := &h.Sizes[i], in.Characters
	err := text.TokenizeReader(b, io.LimitReader(in, bytes), func(tokens []string, _ string) error {
		for _, token := range tokens {
			id, known := vocabulary.ID(token)
			if id < 0 {
				return unknownIn(i, &text.UnknownTokenError{Token: token, Position: part.Tokens})
			}
			if !known {
				part.Unknown++
			}
			part.Tokens++
			if err := out.add(id); err != nil {
				return err
			}
		}
		return nil
	})
	part.Characters = in.Characters - before
	return err
}
