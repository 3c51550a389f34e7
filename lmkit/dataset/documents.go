package dataset

import (
	"context"
	"fmt"
	"io"
	"maps"
	"strings"
	"unicode/utf8"

	"owlm/lmkit/text"
)

// encodeDocuments is Encode for documents that are kept apart. The last documents are held out, each as a whole.
func (o Options) encodeDocuments(ctx context.Context, source text.Source) (*Parts, error) {
	for i, document := range source.Documents {
		if !utf8.ValidString(document) {
			_, _, at := text.Clean(document)
			return nil, fmt.Errorf("document %d: %w", i+1, &text.NotUTF8Error{Name: source.Name, Offset: int64(at)})
		}
	}
	validAt, testAt, err := SplitAt(len(source.Documents), o.Valid, o.Test)
	if err != nil {
		return nil, err
	}
	if o.Tokenizer, err = o.learned(ctx, source.Documents[:validAt]); err != nil {
		return nil, err
	}
	tokens := make([][]string, len(source.Documents))
	counts := make(map[string]int)
	for i, document := range source.Documents {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		tokens[i] = o.Tokenizer.Tokenize(document)
		if i < validAt {
			for _, token := range tokens[i] {
				counts[token]++
			}
		}
	}
	vocabulary := o.Vocabulary
	if b, ok := o.Tokenizer.(text.BPE); ok && vocabulary == nil {
		vocabulary = b.Vocabulary()
	}
	if vocabulary == nil {
		if vocabulary, err = text.VocabularyOf(maps.All(counts), o.VocabularyOptions); err != nil {
			return nil, err
		}
	}
	h := Header{VocabularySize: vocabulary.Len(), Text: hashOfDocuments(source.Documents)}
	if h.key, err = o.key(vocabulary); err != nil {
		return nil, err
	}
	var ids text.IDList
	starts := make([]int, len(tokens))
	for i, document := range source.Documents {
		starts[i] = len(ids)
		if ids, err = h.appendDocument(partAt(i, validAt, testAt), ids, document, tokens[i], vocabulary); err != nil {
			return nil, err
		}
	}
	return newParts(h, ids, o.Tokenizer, vocabulary, divide(starts, validAt, testAt)), nil
}

// learned returns the tokenizer. A text.BPE that is not trained first learns from the documents, each by itself.
func (o Options) learned(ctx context.Context, documents []string) (text.Tokenizer, error) {
	b, ok := o.Tokenizer.(text.BPE)
	if !ok || b.Trained() {
		return o.Tokenizer, nil
	}
	readers := make([]io.Reader, len(documents))
	for i, document := range documents {
		readers[i] = strings.NewReader(document)
	}
	return o.sized(b).Train(ctx, readers...)
}

// partAt returns the part of a document: 0 for training, 1 for validation, 2 for test.
func partAt(document, validAt, testAt int) int {
	switch {
	case document >= testAt:
		return 2
	case document >= validAt:
		return 1
	}
	return 0
}

// appendDocument appends the ids of a document, and counts it in the sizes of its part.
func (h *Header) appendDocument(part int, ids text.IDList, document string, tokens []string,
	vocabulary *text.Vocabulary) (text.IDList, error) {
	size := &h.Sizes[part]
	for _, token := range tokens {
		id, known := vocabulary.ID(token)
		if id < 0 {
			return nil, unknownIn(part, token, size.Tokens)
		}
		size.Tokens++
		if !known {
			size.Unknown++
		}
		ids = append(ids, id)
	}
	size.Characters += utf8.RuneCountInString(document)
	h.Bytes += len(document)
	return ids, nil
}
