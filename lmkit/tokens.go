package lmkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"owlm/lmkit/text"
)

// tokensFile is the text of a run as token ids; see text.OpenTokens.
const tokensFile = "tokens.bin"

// corpus is a text that is trained on or evaluated.
type corpus struct {
	name string // "" for a text in memory
	open func() (io.ReadCloser, error)
	// inFile says that the ids are kept in a file, not in memory.
	inFile bool
}

// corpusOf is a text in memory, whose ids are kept there too.
func corpusOf(content string) corpus {
	return corpus{open: func() (io.ReadCloser, error) {
		if _, _, at := text.Clean(content); at >= 0 {
			return nil, fmt.Errorf("the text is not UTF-8: byte %d", at)
		}
		return io.NopCloser(strings.NewReader(content)), nil
	}}
}

// corpusFrom is a source. Its ids are kept in a file. Bytes that were replaced are told to warn, once.
func corpusFrom(source text.Source, warn func(string)) corpus {
	warned := warn == nil
	return corpus{name: source.Name, inFile: true, open: func() (io.ReadCloser, error) {
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

// named says in an error which text it is about.
func (in corpus) named(err error) error {
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

// encodeOptions say how the text of a run becomes ids.
func (c TrainConfig) encodeOptions() text.EncodeOptions {
	return text.EncodeOptions{Tokenizer: c.Tokenizer, Valid: c.Valid, Test: c.Test, Options: c.Vocabulary}
}

// encode tokenizes the text of a run, or opens the token file that the run has of it already. A run that is resumed on another
// text keeps the tokenizer and the vocabulary that it has; of the same text, they would be made alike.
func (c TrainConfig) encode(ctx context.Context, in corpus, from *description) (*encodedText, error) {
	o := c.encodeOptions()
	if from != nil {
		o.Vocabulary = from.vocabulary
	}
	if in.inFile && c.Directory != "" {
		o.Path = filepath.Join(c.Directory, tokensFile)
	}
	if begun := c.begun(); begun != nil {
		before := o
		before.Tokenizer, before.Vocabulary = begun.tokenizer, begun.vocabulary
		if e, err := c.reuse(in, before); e != nil || err != nil {
			return e, err
		}
		if c.AllowChangedText {
			o = before
		}
	}
	if o.Path != "" {
		removeLeftovers(c.Directory)
	}
	e, err := in.encode(ctx, o)
	if err != nil {
		return nil, err
	}
	for i, part := range []text.Part{e.Valid, e.Test} {
		if share := []float64{c.Valid, c.Test}[i]; part.Tokens < 2 && share > 0 {
			e.Close()
			return nil, fmt.Errorf("the %s text has %d tokens, and evaluation needs at least 2; make its share, %v, larger", []string{"validation", "test"}[i], part.Tokens, share)
		}
	}
	return e, nil
}

// begun is what a run that is resumed has in its directory; nil if the run begins.
func (c TrainConfig) begun() *description {
	if c.Directory == "" || !c.Resume || !holdsRun(c.Directory) {
		return nil
	}
	d, err := readDescription(c.Directory)
	if err != nil {
		c.Warn(fmt.Sprintf("tokenizing the text again: %v", err))
		return nil
	}
	return &d
}

// reuse is the token file of a run that is resumed, nil if it has none, or one that has to be made anew.
func (c TrainConfig) reuse(in corpus, o text.EncodeOptions) (*encodedText, error) {
	if o.Path == "" {
		return nil, nil
	}
	e, err := text.OpenEncoded(o)
	if err != nil {
		c.Warn(fmt.Sprintf("tokenizing the text again: %v", err))
		return nil, nil
	}
	now, err := in.sha256()
	if err == nil && now == e.Text {
		return &encodedText{Encoded: e}, nil
	}
	e.Close()
	if err == nil && !c.AllowChangedText {
		err = errChanged(hex.EncodeToString(now[:]), o.Path, hex.EncodeToString(e.Text[:]))
	}
	return nil, err
}

// sha256 reads the text, and no more.
func (in corpus) sha256() (sum [sha256.Size]byte, err error) {
	r, err := in.open()
	if err != nil {
		return sum, err
	}
	defer r.Close()
	m := text.NewMeasure(r)
	_, err = io.Copy(io.Discard, m)
	return m.SHA256(), err
}

// encodedText is a tokenized text that may lie in a temporary directory.
type encodedText struct {
	*text.Encoded
	temporary string
}

// Close ends the use of the ids. A nil text has nothing to close.
func (e *encodedText) Close() error {
	if e == nil {
		return nil
	}
	err := e.Encoded.Close()
	if e.temporary != "" {
		os.RemoveAll(e.temporary)
	}
	return err
}

// encode tokenizes the text. Where it belongs into a file and none is named, that is a temporary one.
func (in corpus) encode(ctx context.Context, o text.EncodeOptions) (*encodedText, error) {
	e := &encodedText{}
	var err error
	if in.inFile && o.Path == "" {
		if e.temporary, err = os.MkdirTemp("", "lmkit-"); err != nil {
			return nil, err
		}
		o.Path = filepath.Join(e.temporary, tokensFile)
	}
	if e.Encoded, err = text.Encode(ctx, in.open, o); err != nil {
		if e.temporary != "" {
			os.RemoveAll(e.temporary)
		}
		return nil, err
	}
	return e, nil
}

// removeLeftovers removes what a killed run left of its token file. It runs under the directory's lock.
func removeLeftovers(dir string) {
	found, _ := filepath.Glob(filepath.Join(dir, "."+tokensFile+"*"))
	for _, path := range found {
		os.Remove(path)
	}
}
