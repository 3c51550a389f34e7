package bytepair

import (
	"iter"
	"slices"
	"strings"
	"unicode/utf8"
)

// Untrained has no merges.
var Untrained = newMerges(sortedSymbols(), len(symbols), nil, newAddedTokens(nil))

// sortedSymbols are the symbols of all bytes in the order of their code points, which gives them their ids.
func sortedSymbols() []string { return slices.Sorted(slices.Values(symbols[:])) }

// Pairs lists the tokens that are merged, in the order in which they were learned.
func (m *Merges) Pairs() iter.Seq2[string, string] {
	return func(yield func(left, right string) bool) {
		for _, merge := range m.list {
			left, right := merge.pair.ids()
			if !yield(m.Tokens[left], m.Tokens[right]) {
				return
			}
		}
	}
}

// Encode splits text into tokens and returns their ids.
func (m *Merges) Encode(text string) []int32 {
	e := m.encoders.Get().(*encoder)
	defer m.encoders.Put(e)
	ids := make([]int32, 0, len(text)/3+1)
	if len(m.added.list) == 0 {
		return e.appendText(ids, text)
	}
	m.added.split(text, func(piece string, id int32) {
		if id >= 0 {
			ids = append(ids, id)
		} else {
			ids = e.appendText(ids, piece)
		}
	})
	return ids
}

func (e *encoder) appendText(ids []int32, text string) []int32 {
	for len(text) > 0 {
		n := pretoken(text)
		ids = e.append(ids, text[:n])
		text = text[n:]
	}
	return ids
}

// Tokenize splits text into tokens, written in GPT-2's alphabet.
func (m *Merges) Tokenize(text string) []string {
	ids := m.Encode(text)
	tokens := make([]string, len(ids))
	for i, id := range ids {
		tokens[i] = m.Tokens[id]
	}
	return tokens
}

// Beginning tokenizes a block up to the end of a pre-token that nothing behind the block can move; see pretoken for why
// not behind white space. It appends the tokens and returns how many bytes that is; with last, all of them.
func (m *Merges) Beginning(tokens []string, block string, last bool) ([]string, int) {
	at, end := 0, 0
	limit := len(block) - lookahead - m.added.longest
	m.added.split(block, func(piece string, id int32) {
		for len(piece) > 0 && at <= limit {
			n := len(piece)
			if id < 0 {
				n = pretoken(piece)
			}
			at += n
			if r, _ := utf8.DecodeLastRuneInString(piece[:n]); at <= limit && (id >= 0 || classOf(r) != spaceClass) {
				end = at
			}
			piece = piece[n:]
		}
	})
	if last {
		end = len(block)
	}
	return append(tokens, m.Tokenize(block[:end])...), end
}

// Join returns the text that tokens stand for. It may end inside a character.
func (m *Merges) Join(tokens []string) string {
	var joined strings.Builder
	for _, token := range tokens {
		content, ok := bytesOf(token)
		if !ok || m.added.names[token] {
			content = token
		}
		joined.WriteString(content)
	}
	return joined.String()
}
