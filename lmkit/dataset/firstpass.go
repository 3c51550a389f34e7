package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"sort"
	"strings"
	"unicode/utf8"

	"owlm/lmkit/text"
)

// firstPass tokenizes a text into provisional ids: 0 for the first distinct token, 1 for the next. The length of the
// text, and with it the parts and the vocabulary, are known only when all of it was read.
type firstPass struct {
	open      func() (io.ReadCloser, error)
	tokenizer text.Tokenizer
	store     store
	measure   *Measure
	tokens    int
	pieces    []place              // where each piece that was tokenized begins
	ids       map[string]int32     // of each distinct token
	types     []string             // the distinct tokens, by id
	single    [utf8.RuneSelf]int32 // id + 1 of each token of one ASCII character, which saves looking it up in ids
}

// place is a place in a text: the numbers of tokens, bytes and characters before it.
type place struct{ tokens, bytes, characters int }

// after returns the place after a piece.
func (p place) after(tokens int, piece string) place {
	return place{p.tokens + tokens, p.bytes + len(piece), p.characters + utf8.RuneCountInString(piece)}
}

// read tokenizes the text into the store.
func (p *firstPass) read(ctx context.Context) error {
	r, err := p.open()
	if err != nil {
		return err
	}
	defer r.Close()
	p.measure = NewMeasure(r)
	var at place
	return text.TokenizeReader(p.tokenizer, p.measure, func(tokens []string, piece string) error {
		if at.bytes > 0 && ctx.Err() != nil { // a short text is read in any case
			return ctx.Err()
		}
		for _, token := range tokens {
			if err := p.store.add(p.id(token)); err != nil {
				return err
			}
		}
		p.pieces = append(p.pieces, at)
		at = at.after(len(tokens), piece)
		p.tokens = at.tokens
		return nil
	})
}

// id returns the provisional id of a token.
func (p *firstPass) id(token string) int32 {
	ascii := len(token) == 1 && token[0] < utf8.RuneSelf
	if ascii && p.single[token[0]] > 0 {
		return p.single[token[0]] - 1
	}
	id, known := p.ids[token]
	if !known {
		id = int32(len(p.types))
		token = strings.Clone(token) // or it would keep its whole block in memory
		p.ids[token] = id
		p.types = append(p.types, token)
	}
	if ascii {
		p.single[token[0]] = id + 1
	}
	return id
}

// count counts the distinct tokens among the first n.
func (p *firstPass) count(n int) (iter.Seq2[string, int], error) {
	counts := make([]int, len(p.types))
	next, err := p.store.read()
	if err != nil {
		return nil, err
	}
	for range n {
		id, err := next()
		if err != nil {
			return nil, err
		}
		counts[id]++
	}
	return func(yield func(token string, count int) bool) {
		for id, count := range counts {
			if count > 0 && !yield(p.types[id], count) {
				return
			}
		}
	}, nil
}

// sizes returns the sizes of the parts, without the number of unknown tokens.
func (p *firstPass) sizes(validAt, testAt int) (parts [3]PartSize, err error) {
	before := 0
	for i, cut := range []int{validAt, testAt, p.tokens} {
		characters, err := p.charactersBefore(cut)
		if err != nil {
			return parts, err
		}
		parts[i].Tokens, parts[i].Characters = cut, characters-before
		before = characters
	}
	parts[2].Tokens -= testAt
	parts[1].Tokens -= validAt
	return parts, nil
}

// errFound stops the tokenizing of a text early.
var errFound = errors.New("found")

// charactersBefore returns the number of characters before token n, by the rule of text.Offset. It reads the text
// again, up to the piece with the token.
func (p *firstPass) charactersBefore(n int) (int, error) {
	if n == p.tokens {
		return p.measure.Characters, nil
	}
	at := p.pieces[sort.Search(len(p.pieces), func(i int) bool { return p.pieces[i].tokens > n })-1]
	r, err := p.open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	if _, err := io.CopyN(io.Discard, r, int64(at.bytes)); err != nil {
		return 0, err
	}
	characters := 0
	err = text.TokenizeReader(p.tokenizer, r, func(tokens []string, piece string) error {
		if n < at.tokens+len(tokens) {
			before := piece[:text.Offset(p.tokenizer, piece, tokens, n-at.tokens)]
			characters = at.characters + utf8.RuneCountInString(before)
			return errFound
		}
		at = at.after(len(tokens), piece)
		return nil
	})
	if err == errFound {
		return characters, nil
	}
	if err == nil {
		err = fmt.Errorf("the text changed while it was read: it has no token %d any more", n+1)
	}
	return 0, err
}

// encode replaces the provisional ids with those of a vocabulary, and counts the unknown tokens of each part.
func (p *firstPass) encode(h *Header, vocabulary *text.Vocabulary, path string) (text.IDs, error) {
	p.ids = nil // frees memory for the vocabulary
	final, unknown := make([]int32, len(p.types)), make([]int, len(p.types))
	for i, token := range p.types {
		id, known := vocabulary.ID(token)
		if final[i] = id; !known {
			unknown[i] = 1
		}
	}
	next, err := p.store.read()
	if err != nil {
		return nil, err
	}
	out, err := newSink(path, h)
	if err != nil {
		return nil, err
	}
	defer out.cleanup()
	for i := range h.Sizes {
		part := &h.Sizes[i]
		for at := range part.Tokens {
			id, err := next()
			if err != nil {
				return nil, err
			}
			part.Unknown += unknown[id]
			if final[id] < 0 {
				return nil, unknownIn(i, p.types[id], at)
			}
			if err := out.add(final[id]); err != nil {
				return nil, err
			}
		}
	}
	return out.finish()
}
