package dataset

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"owlm/lmkit/text"
)

// Options says how Encode turns a text into token ids.
type Options struct {
	// Tokenizer splits the text. A text.BPE that is not trained learns from the training part.
	Tokenizer text.Tokenizer
	// Valid and Test are the shares that are held out at the end of the text: of the tokens or, with a text.BPE, of the
	// characters. Of documents that are kept apart, they are shares of the documents.
	Valid, Test float64
	// VocabularyOptions says which tokens of the training part become the vocabulary. With a text.BPE, all its tokens
	// do, and Size is the number of tokens to learn.
	VocabularyOptions text.VocabularyOptions
	// Vocabulary, if not nil, is the vocabulary instead.
	Vocabulary *text.Vocabulary
	// Path is the token file to write. With "", the ids stay in memory if the text is in memory, and go to a temporary
	// file if it is not.
	Path string
	// Warn, if not nil, is called with a line that says how many bytes of a text were replaced because they were not
	// UTF-8.
	Warn func(message string)
}

// Validate returns one error that names every option that does not fit the tokenizer, or nil.
func (o Options) Validate() error {
	b, ok := o.Tokenizer.(text.BPE)
	if !ok || o.Vocabulary != nil {
		return nil
	}
	var problems []string
	add := func(format string, values ...any) { problems = append(problems, fmt.Sprintf(format, values...)) }
	size := o.VocabularyOptions.Size
	switch {
	case b.Trained() && size != 0 && size != b.Vocabulary().Len():
		add("vocabulary size is %d, but the tokenizer has learned already, and has %d tokens; leave the size out",
			size, b.Vocabulary().Len())
	case !b.Trained() && size != 0 && b.VocabularySize != 0 && size != b.VocabularySize:
		add("vocabulary size is %d, and that of the tokenizer %d; leave one of the two out", size, b.VocabularySize)
	case !b.Trained():
		b = o.sized(b)
		if err := b.Validate(); err != nil {
			add("%v", err)
		} else if b.VocabularySize == text.MinimumVocabularySize {
			add("vocabulary size is %d, which leaves nothing to learn: each byte is a token; it must be at least %d",
				text.MinimumVocabularySize, text.MinimumVocabularySize+1)
		}
	}
	if o.VocabularyOptions.MinCount != 0 {
		add("min count is %d, but byte-pair encoding drops no tokens; leave it out", o.VocabularyOptions.MinCount)
	}
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "; "))
	}
	return nil
}

// sized returns b with the vocabulary size that the options ask for, unless b has a size of its own.
func (o Options) sized(b text.BPE) text.BPE {
	b.VocabularySize = cmp.Or(b.VocabularySize, o.VocabularyOptions.Size)
	return b
}

// key returns the sha256 of all that the ids of a text depend on, apart from the text.
func (o Options) key(vocabulary *text.Vocabulary) (sum [sha256.Size]byte, err error) {
	hash := sha256.New()
	tokenizer, err := text.MarshalTokenizer(o.Tokenizer)
	if err != nil { // a tokenizer of another package, which can be used but not saved
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
