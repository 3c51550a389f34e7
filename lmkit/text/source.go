package text

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"owlm/internal/files"
)

// Source is what a model is trained on or evaluated on: a text, documents that are kept apart, or token ids. One of
// Open, Documents and Tokens is set; String, File, FromReader, Apart and Ready make sources.
type Source struct {
	// Name is what messages and receipts call the source.
	Name string
	// Open begins to read a text, any number of times. Its errors, and those of reading, name the source.
	Open func() (*Reader, error)
	// Documents are texts that have nothing to do with each other: each is tokenized by itself and read from a zero
	// state, and no window or prediction reaches from one into the next.
	Documents []string
	// Tokens are ids that were made already.
	Tokens *Tokens

	inMemory bool
}

// Tokens are the token ids of a text or of several documents.
type Tokens struct {
	IDs IDs
	// Vocabulary is what the ids are indices of.
	Vocabulary *Vocabulary
	// Starts are the positions at which documents begin, the first of which is 0; nil for one text.
	Starts []int
	// Characters is the number of code points that the tokens were made of, and Unknown how many tokens the vocabulary
	// lacked. With Characters 0 the tokens are joined to count them.
	Characters, Unknown int
}

// IDs are token ids, in memory or in a file.
type IDs interface {
	// Len returns the number of tokens.
	Len() int
	// Copy copies ids from position at on, as many as into holds; there must be that many.
	Copy(into []int32, at int)
}

// IDList is token ids in memory.
type IDList []int32

// Len returns the number of tokens.
func (l IDList) Len() int { return len(l) }

// Copy copies ids from position at on.
func (l IDList) Copy(into []int32, at int) { copy(into, l[at:at+len(into)]) }

// String makes a source of a text in memory.
func String(name, content string) Source {
	return Source{Name: name, inMemory: true, Open: func() (*Reader, error) {
		return NewReader(name, strings.NewReader(content), false), nil
	}}
}

// File makes a source of a file, which is read by ReadFile's rules. An empty file is an error.
func File(path string, lossy bool) Source {
	return Source{Name: path, Open: func() (*Reader, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, files.Reason(err))
		}
		r := NewReader(path, file, lossy)
		r.refuseEmpty = true
		return r, nil
	}}
}

// FromReader makes a source of a text that can be read once. It is read when it is first needed, and stays in memory.
// Bytes that are not UTF-8 are an error or, if lossy, are replaced.
func FromReader(name string, r io.Reader, lossy bool) Source {
	read := sync.OnceValues(func() ([]byte, error) { return io.ReadAll(r) })
	return Source{Name: name, inMemory: true, Open: func() (*Reader, error) {
		content, err := read()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, files.Reason(err))
		}
		return NewReader(name, bytes.NewReader(content), lossy), nil
	}}
}

// Apart makes a source of documents that are kept apart, such as the rows of a table.
func Apart(name string, documents ...string) Source {
	return Source{Name: name, Documents: documents, inMemory: true}
}

// Ready makes a source of documents whose tokens are ids of a vocabulary already.
func Ready(name string, vocabulary *Vocabulary, documents ...[]int32) Source {
	tokens := &Tokens{Vocabulary: vocabulary}
	var list IDList
	for _, ids := range documents {
		tokens.Starts = append(tokens.Starts, len(list))
		list = append(list, ids...)
	}
	tokens.IDs = list
	if len(documents) == 1 {
		tokens.Starts = nil
	}
	return Source{Name: name, Tokens: tokens, inMemory: true}
}

// InMemory says whether the source's text is in memory anyway, so that its ids may be too.
func (s Source) InMemory() bool { return s.inMemory }

// Text reads a source as one string. Documents are joined with line feeds; ids have no text.
func (s Source) Text() (string, error) {
	if s.Open == nil {
		if s.Tokens != nil {
			return "", fmt.Errorf("%s: it has token ids, and no text", s.Name)
		}
		return strings.Join(s.Documents, "\n"), nil
	}
	r, err := s.Open()
	if err != nil {
		return "", err
	}
	defer r.Close()
	var b strings.Builder
	_, err = io.Copy(&b, r)
	return b.String(), err
}
