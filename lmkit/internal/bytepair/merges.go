package bytepair

import (
	"iter"
	"strings"
	"sync"
)

// pair is two neighboring tokens: the left id in the upper half, the right id in the lower half.
type pair uint64

func pairOf(left, right int32) pair { return pair(left)<<32 | pair(uint32(right)) }

func (p pair) ids() (left, right int32) { return int32(p >> 32), int32(p) }

// merge turns a pair into one token.
type merge struct {
	pair   pair
	result int32
}

// Merges is what byte-pair encoding has learned. It does not change, so several goroutines may use it at once.
type Merges struct {
	// Tokens holds every token, in GPT-2's alphabet except for the added tokens. The index is the id.
	Tokens []string

	own   int            // the number of tokens without those that added tokens append
	list  []merge        // in the order in which they are applied
	ranks map[pair]int32 // the index in list
	bytes [256]int32     // the id of each byte's symbol
	added *addedTokens

	encoders sync.Pool // of *encoder
}

// Untrained has no merges: every byte is a token.
var Untrained = newMerges(sortedSymbols(), len(symbols), nil, newAddedTokens(nil))

// newMerges builds the tables. The tokens must be distinct and contain the symbol of every byte; the first own of them
// are the model's. The merges must be distinct, too.
func newMerges(tokens []string, own int, list []merge, added *addedTokens) *Merges {
	m := &Merges{Tokens: tokens, own: own, list: list, ranks: make(map[pair]int32, len(list)), added: added}
	for rank, merge := range list {
		m.ranks[merge.pair] = int32(rank)
	}
	for id, token := range tokens {
		if content, ok := bytesOf(token); ok && len(content) == 1 {
			m.bytes[content[0]] = int32(id)
		}
	}
	m.encoders.New = func() any { return newEncoder(m) }
	return m
}

// Pairs lists the pairs of tokens that are merged, in the order in which they were learned.
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
