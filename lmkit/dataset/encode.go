package dataset

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"owlm/lmkit/text"
)

// TokensFile is the name of the token file in the directory of a training run.
const TokensFile = "tokens.bin"

// Options say how a text becomes ids.
type Options struct {
	// Tokenizer splits the text. Byte-pair encoding that has learned nothing learns from the training part.
	Tokenizer text.Tokenizer
	// Valid and Test are the shares that are held out at the end: of the tokens; with byte-pair encoding, of the characters; of
	// documents that are kept apart, of the documents.
	Valid, Test float64
	// VocabularyOptions say which tokens of the training part become the vocabulary. Byte-pair encoding takes all its tokens, which
	// cover any text, and learns up to Size of them.
	VocabularyOptions text.VocabularyOptions
	// Vocabulary, if not nil, is the vocabulary instead.
	Vocabulary *text.Vocabulary
	// Path is the token file to write; "" keeps the ids of a text in memory where the text is there too, and otherwise in a temporary file.
	Path string
	// Warn receives how many bytes of a text were replaced, as they were not UTF-8; nil drops that.
	Warn func(message string)
}

// key returns the sha256 of all that the ids of a text depend on.
func (o Options) key(vocabulary *text.Vocabulary) (sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	tokenizer, err := text.MarshalTokenizer(o.Tokenizer)
	if err != nil { // it can be used, but not saved
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

// Encode tokenizes a source and makes its vocabulary of the training part alone. Of a text it keeps the distinct tokens in memory, and
// the ids if there is no file for them; the ids of documents stay in memory. A token that the vocabulary lacks, and has none for, is a
// *text.UnknownTokenError. The caller closes the result.
//
// With byte-pair encoding, a text is cut by characters, behind a pre-token, and each part is tokenized by itself, so that the merges
// depend on the training part alone.
func Encode(ctx context.Context, source text.Source, o Options) (*Parts, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	switch {
	case source.Tokens != nil:
		return o.encodeReady(source)
	case source.Documents != nil:
		return o.encodeDocuments(ctx, source)
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
	if h.Key, err = o.key(vocabulary); err != nil {
		return nil, err
	}
	ids, err := pass.encode(&h, vocabulary, o.Path)
	if err != nil {
		return nil, err
	}
	return newParts(h, ids, o.Tokenizer, vocabulary, nil), nil
}

// Open opens the token file at o.Path that Encode wrote with the same options, where Tokenizer and Vocabulary are those that Encode
// returned. The caller compares Text with the text, and closes the result.
func Open(o Options) (*Parts, error) {
	file, err := OpenFile(o.Path)
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
	return newParts(file.Header, file, o.Tokenizer, o.Vocabulary, nil), nil
}
