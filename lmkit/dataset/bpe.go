package dataset

import (
	"context"
	"io"
	"math"

	"owlm/lmkit/text"
)

// encodeBPE is Encode for byte-pair encoding. It cuts the text, learns from the training part unless b is trained, and
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
	if h.key, err = o.key(vocabulary); err != nil {
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
	return newParts(h, ids, b, vocabulary, documentStarts{}), nil
}

// learnFrom learns merges from the first bytes of a text.
func learnFrom(ctx context.Context, b text.BPE, open func() (io.ReadCloser, error), bytes int64) (text.BPE, error) {
	r, err := open()
	if err != nil {
		return text.BPE{}, err
	}
	defer r.Close()
	return b.Train(ctx, io.LimitReader(cancelable(ctx, r), bytes))
}

// encodePart tokenizes part i, the next bytes of a text, and counts its tokens and characters.
func (h *Header) encodePart(i int, b text.BPE, vocabulary *text.Vocabulary, in *Measure, bytes int64, out sink) error {
	part, before := &h.Sizes[i], in.Characters
	err := text.TokenizeReader(b, io.LimitReader(in, bytes), func(tokens []string, _ string) error {
		for _, token := range tokens {
			id, known := vocabulary.ID(token)
			if id < 0 {
				return unknownIn(i, token, part.Tokens)
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
