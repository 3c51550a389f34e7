package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"io"

	"owlm/lmkit/text"
)

// SHA256 reads a source and returns the sha256 of its text. For documents or token ids, it is the sha256 of all of them
// with their lengths. warn, if not nil, is called if bytes were replaced.
func SHA256(ctx context.Context, source text.Source, warn func(string)) (sum [sha256.Size]byte, err error) {
	switch {
	case source.Tokens != nil:
		return hashOfIDs(source.Tokens), nil
	case len(source.Documents) > 0:
		return hashOfDocuments(source.Documents), nil
	case source.Open == nil:
		return sum, errNothing(source)
	}
	r, err := opener(source, warn)()
	if err != nil {
		return sum, err
	}
	defer r.Close()
	m := NewMeasure(cancelable(ctx, r))
	_, err = io.Copy(io.Discard, m)
	return m.SHA256(), err
}

func hashOfDocuments(documents []string) (sum [sha256.Size]byte) {
	all := sha256.New()
	for _, document := range documents {
		writeNumber(all, len(document))
		io.WriteString(all, document)
	}
	all.Sum(sum[:0])
	return sum
}

func hashOfIDs(t *text.Tokens) (sum [sha256.Size]byte) {
	all := sha256.New()
	for _, start := range t.Starts {
		writeNumber(all, start)
	}
	block := make([]int32, 1<<14)
	for at := 0; at < t.IDs.Len(); at += len(block) {
		block = block[:min(len(block), t.IDs.Len()-at)]
		t.IDs.Copy(block, at)
		binary.Write(all, binary.LittleEndian, block)
	}
	all.Sum(sum[:0])
	return sum
}

func writeNumber(h hash.Hash, n int) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], uint64(n))
	h.Write(b[:])
}

// errNothing is the error for a source that was not made by a function of package text, or holds no document.
func errNothing(source text.Source) error {
	return named(source, errors.New("the source has no text, no documents and no token ids"))
}

// named puts the name of a source in front of an error.
func named(source text.Source, err error) error {
	if source.Name == "" {
		return err
	}
	return fmt.Errorf("%s: %w", source.Name, err)
}

// opener returns a function that begins to read a text. warn, if not nil, is called once if bytes were replaced.
func opener(source text.Source, warn func(string)) func() (io.ReadCloser, error) {
	warned := warn == nil
	return func() (io.ReadCloser, error) {
		r, err := source.Open()
		if err != nil {
			return nil, err
		}
		return closer{r, func() error {
			if n := r.Replaced(); n > 0 && !warned {
				warned = true
				warn(fmt.Sprintf("%s: replaced %d bytes that are not UTF-8", source.Name, n))
			}
			return r.Close()
		}}, nil
	}
}

type closer struct {
	io.Reader
	close func() error
}

func (c closer) Close() error { return c.close() }
