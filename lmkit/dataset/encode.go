package dataset

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"owlm/lmkit/text"
)

// TokensFile is the name of the token file in the directory of a training run.
const TokensFile = "tokens.bin"

// Encode tokenizes a source, makes the vocabulary from the training part alone, and returns the ids. The caller closes
// the result.
//
// Memory grows with the number of distinct tokens. The ids of a text may be in a file (see Options.Path); those of
// documents are in memory.
//
// With a text.BPE, the text is cut between two characters, at the end of a pre-token if there is one near, and each
// part is tokenized by itself. So the merges depend on the training part alone.
//
// If the vocabulary lacks a token, and has none for unknown ones, the error is a *text.UnknownTokenError.
func Encode(ctx context.Context, source text.Source, o Options) (*Parts, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	switch {
	case source.Tokens != nil:
		return o.encodeReady(source)
	case len(source.Documents) > 0:
		return o.encodeDocuments(ctx, source)
	case source.Open == nil:
		return nil, errNothing(source)
	case o.Path != "" || source.InMemory():
		return o.encodeText(ctx, opener(source, o.Warn))
	}
	temporary, err := os.MkdirTemp("", "lmkit-")
	if err != nil {
		return nil, err
	}
	o.Path = filepath.Join(temporary, TokensFile)
	p, err := o.encodeText(ctx, opener(source, o.Warn))
	if err != nil {
		os.RemoveAll(temporary)
		return nil, err
	}
	p.temporary = temporary
	return p, nil
}

// encodeText is Encode for a text in UTF-8, which open begins to read.
func (o Options) encodeText(ctx context.Context, open func() (io.ReadCloser, error)) (*Parts, error) {
	if b, ok := o.Tokenizer.(text.BPE); ok {
		return o.encodeBPE(ctx, open, b)
	}
	store, err := newStore(o.Path)
	if err != nil {
		return nil, err
	}
	defer store.remove()
	pass := firstPass{store: store, open: open, tokenizer: o.Tokenizer, ids: make(map[string]int32)}
	if err := pass.read(ctx); err != nil {
		return nil, err
	}
	validAt, testAt, err := SplitAt(pass.tokens, o.Valid, o.Test)
	if err != nil {
		return nil, err
	}
	vocabulary := o.Vocabulary
	if vocabulary == nil {
		counts, err := pass.count(validAt)
		if err != nil {
			return nil, err
		}
		if vocabulary, err = text.VocabularyOf(counts, o.VocabularyOptions); err != nil {
			return nil, err
		}
	}
	h := Header{VocabularySize: vocabulary.Len(), Bytes: pass.measure.Bytes, Text: pass.measure.SHA256()}
	if h.Sizes, err = pass.sizes(validAt, testAt); err != nil {
		return nil, err
	}
	if h.key, err = o.key(vocabulary); err != nil {
		return nil, err
	}
	ids, err := pass.encode(&h, vocabulary, o.Path)
	if err != nil {
		return nil, err
	}
	return newParts(h, ids, o.Tokenizer, vocabulary, documentStarts{}), nil
}

// unknownIn returns an error that names the part (0, 1 or 2) with an unknown token.
func unknownIn(part int, token string, position int) error {
	err := &text.UnknownTokenError{Token: token, Position: position}
	if part == 0 {
		return fmt.Errorf("training text: %w", err)
	}
	name := []string{1: "validation", 2: "test"}[part]
	return fmt.Errorf("%s text: %w; give the vocabulary a token for unknown words", name, err)
}

// Open reads the token file at o.Path, which Encode wrote with the same options, and with the Tokenizer and Vocabulary
// of the Parts that it returned. The caller compares Parts.Text with the text, and closes the result.
func Open(o Options) (*Parts, error) {
	file, err := OpenFile(o.Path)
	if err != nil {
		return nil, err
	}
	key, err := o.key(o.Vocabulary)
	if err == nil && key != file.key {
		err = fmt.Errorf("%s: it was made with another tokenizer, vocabulary or split", o.Path)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return newParts(file.Header, file, o.Tokenizer, o.Vocabulary, documentStarts{}), nil
}
