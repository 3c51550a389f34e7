package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"

	"owlm/lmkit/text"
)

// Options say how a text becomes ids.
type Options struct {
	// Tokenizer splits the text. A BPE that has learned nothing learns from the training part.
	Tokenizer text.Tokenizer
	// Valid and Test are the shares of the tokens that Split cuts off; with a BPE, of the characters.
	Valid, Test float64
	// Options say which tokens of the training part become the vocabulary. That of a BPE is all its tokens, which cover any
	// text; Size is how many it learns at most.
	Options text.VocabularyOptions
	// Vocabulary, if not nil, is the vocabulary instead.
	Vocabulary *text.Vocabulary
	// Path is the token file to write. "": the ids stay in memory.
	Path string
}

// key is the sha256 of all that the ids of a text depend on.
func (o Options) key(vocabulary *text.Vocabulary) (sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	tokenizer, err := text.MarshalTokenizer(o.Tokenizer)
	if err != nil { // it cannot be saved, but used
		tokenizer = fmt.Appendf(nil, "%T%+v", o.Tokenizer, o.Tokenizer)
	}
	list, err := json.Marshal(vocabulary)
	for _, part := range [][]byte{tokenizer, list, fmt.Appendf(nil, "%v %v", o.Valid, o.Test)} {
		fmt.Fprintf(hash, "%d\n", len(part))
		hash.Write(part)
	}
	hash.Sum(sum[:0])
	return sum, err
}

// Encoded is a text as ids.
type Encoded struct {
	TokenHeader
	// Tokenizer is the one that made the tokens: the one that was asked for or, of a BPE, what that has learned.
	Tokenizer text.Tokenizer
	// IDs are those of the whole text; Train, Valid and Test are its parts.
	IDs                IDs
	Train, Valid, Test Part
	Vocabulary         *text.Vocabulary
}

// newEncoded makes the parts.
func newEncoded(h TokenHeader, ids IDs, t text.Tokenizer, vocabulary *text.Vocabulary) *Encoded {
	e := &Encoded{TokenHeader: h, IDs: ids, Tokenizer: t, Vocabulary: vocabulary}
	at := 0
	for i, part := range []*Part{&e.Train, &e.Valid, &e.Test} {
		end := at + h.Parts[i].Tokens
		*part = Part{Stretch(ids, at, end), h.Parts[i]}
		at = end
	}
	return e
}

// Close closes the token file, if there is one.
func (e *Encoded) Close() error {
	if file, ok := e.IDs.(*TokenFile); ok {
		return file.Close()
	}
	return nil
}

// Encode tokenizes a text in UTF-8, which open begins to read, and makes its vocabulary of the training part alone.
// What it keeps in memory are the distinct tokens, and the ids unless there is a Path. A token that the vocabulary
// lacks, and has none for, is an *UnknownTokenError.
//
// A BPE's parts are cut by characters, behind a pre-token, and each is tokenized by itself, so that what is held out has
// no say in the merges.
func Encode(ctx context.Context, open func() (io.ReadCloser, error), o Options) (*Encoded, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
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
		if vocabulary, err = text.VocabularyOf(counts, o.Options); err != nil {
			return nil, err
		}
	}
	h := TokenHeader{VocabularySize: vocabulary.Len(), Bytes: pass.measure.Bytes, Text: pass.measure.SHA256()}
	if h.Parts, err = pass.sizes(validAt, testAt); err != nil {
		return nil, err
	}
	if h.Key, err = o.key(vocabulary); err != nil {
		return nil, err
	}
	ids, err := pass.encode(&h, vocabulary, o.Path)
	if err != nil {
		return nil, err
	}
	return newEncoded(h, ids, o.Tokenizer, vocabulary), nil
}

// Open opens the token file that Encode wrote with the same options, Tokenizer and Vocabulary being those that it
// made.
// The caller compares Text with the text.
func Open(o Options) (*Encoded, error) {
	file, err := OpenTokens(o.Path)
	if err != nil {
		return nil, err
	}
	key, err := o.key(o.Vocabulary)
	if err == nil && key != file.Key {
		err = fmt.Errorf("%s: it was made with another tokenizer, vocabulary or split", o.Path)
	}
	if err != nil {
		file.Close()
		return nil, err
	}
	return newEncoded(file.TokenHeader, file, o.Tokenizer, o.Vocabulary), nil
}
