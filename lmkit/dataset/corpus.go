package dataset

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"owlm/lmkit/text"
)

// TokensFile is the text of a run as token ids; see text.OpenTokens.
const TokensFile = "tokens.bin"

// Corpus is a text that is trained on or evaluated.
type Corpus struct {
	name string // "" for a text in memory
	open func() (io.ReadCloser, error)
	// inFile says that the ids are kept in a file, not in memory.
	InFile bool
}

// CorpusOf is a text in memory, whose ids are kept there too.
func CorpusOf(content string) Corpus {
	return Corpus{open: func() (io.ReadCloser, error) {
		if _, _, at := text.Clean(content); at >= 0 {
			return nil, fmt.Errorf("the text is not UTF-8: byte %d", at)
		}
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

// CorpusFrom is a source. Its ids are kept in a file. Bytes that were replaced are told to warn, once.
func CorpusFrom(source text.Source, warn func(string)) Corpus {
	warned := warn == nil
	return Corpus{name: source.Name, InFile: true, open: func() (io.ReadCloser, error) {
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
	}}
}

// Named says in an error which text it is about.
func (in Corpus) Named(err error) error {
	if err == nil || in.name == "" {
		return err
	}
	return fmt.Errorf("%s: %w", in.name, err)
}

type closer struct {
	io.Reader
	close func() error
}

func (c closer) Close() error { return c.close() }

// SHA256 reads the text, and no more.
func (in Corpus) SHA256() (sum [sha256.Size]byte, err error) {
	r, err := in.open()
	if err != nil {
		return sum, err
	}
	defer r.Close()
	m := NewMeasure(r)
	_, err = io.Copy(io.Discard, m)
	return m.SHA256(), err
}

// EncodedText is a tokenized text that may lie in a temporary directory.
type EncodedText struct {
	*Encoded
	temporary string
}

// Close ends the use of the ids. A nil text has nothing to close.
func (e *EncodedText) Close() error {
	if e == nil {
		return nil
	}
	err := e.Encoded.Close()
	if e.temporary != "" {
		os.RemoveAll(e.temporary)
	}
	return err
}

// Encode tokenizes the text. Where it belongs into a file and none is named, that is a temporary one.
func (in Corpus) Encode(ctx context.Context, o Options) (*EncodedText, error) {
	e := &EncodedText{}
	var err error
	if in.InFile && o.Path == "" {
		if e.temporary, err = os.MkdirTemp("", "lmkit-"); err != nil {
			return nil, err
		}
		o.Path = filepath.Join(e.temporary, TokensFile)
	}
	if e.Encoded, err = Encode(ctx, in.open, o); err != nil {
		if e.temporary != "" {
			os.RemoveAll(e.temporary)
		}
		return nil, err
	}
	return e, nil
}
