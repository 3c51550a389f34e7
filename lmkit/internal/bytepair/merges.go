package bytepair

import (
	"sync"
)

// pair is two neighbouring tokens: the left id in the upper half, the right one in the lower.
type pair uint64

func pairOf(left, right int32) pair { return pair(left)<<32 | pair(uint32(right)) }

func (p pair) ids() (left, right int32) { return int32(p >> 32), int32(p) }

// merge makes a pair one token.
type merge struct {
	pair   pair
	result int32
}

// Merges is what byte-pair encoding has learned.
type Merges struct {
	Tokens []string       // the index is the id
	own    int            // how many of them are not added behind the others
	list   []merge        // the earlier, the sooner it is applied
	ranks  map[pair]int32 // places in list
	bytes  [256]int32     // the ids of the bytes' symbols
	added  *addedTokens   // tokens that are found before any merging

	encoders sync.Pool // of *encoder
}

// newMerges makes the tables for distinct tokens, among which are the symbols of all bytes, and distinct merges.
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

// encoder encodes pre-tokens, one at a time.
type encoder struct {
	*Merges
	cache map[string][]int32
	word  []symbol
	next  queue[waiting]
}

// symbol is a token of a pre-token that is being merged, and where its neighbours are; -1 for none.
type symbol struct {
	id          int32 // gone for one that was merged into the symbol on its left
	left, right int32
}

const gone = -1

// waiting is a merge of the symbol at a place with the one on its right.
type waiting struct{ rank, at int32 }

func newEncoder(m *Merges) *encoder {
	return &encoder{Merges: m, cache: make(map[string][]int32), next: queue[waiting]{before: func(a, b *waiting) bool {
		return a.rank < b.rank || a.rank == b.rank && a.at < b.at
	}}}
}

// Bounds of an encoder's cache: the number of pre-tokens it keeps, and the bytes of the longest.
const (
	cachedPretokens = 1 << 16
	cachedLength    = 64
)

// append appends the ids of a pre-token.
func (e *encoder) append(ids []int32, s string) []int32 {
	if len(s) == 1 {
		return append(ids, e.bytes[s[0]])
	}
	if known, ok := e.cache[s]; ok {
		return append(ids, known...)
	}
	start := len(ids)
	ids = e.merge(ids, s)
	if len(s) <= cachedLength {
		if len(e.cache) == cachedPretokens {
			clear(e.cache)
		}
		// A copy of s, which would keep the whole text in memory.
		e.cache[string([]byte(s))] = append([]int32(nil), ids[start:]...)
	}
	return ids
}

// merge applies, as long as there is one, the first merge of the list, at its leftmost place.
func (e *encoder) merge(ids []int32, s string) []int32 {
	e.word, e.next.items = e.word[:0], e.next.items[:0]
	for i := range len(s) {
		e.word = append(e.word, symbol{e.bytes[s[i]], int32(i - 1), int32(i + 1)})
	}
	e.word[len(s)-1].right = -1
	for i := range len(s) - 1 {
		e.wait(int32(i))
	}
	for len(e.next.items) > 0 {
		e.apply(e.next.pop())
	}
	for i := int32(0); i >= 0; i = e.word[i].right {
		ids = append(ids, e.word[i].id)
	}
	return ids
}

// wait queues the merge of the symbol at a place with the one on its right, if there is one.
func (e *encoder) wait(at int32) {
	left := e.word[at]
	if rank, ok := e.ranks[pairOf(left.id, e.word[left.right].id)]; ok {
		e.next.push(waiting{rank, at})
	}
}

// apply makes a merge, unless what it was to merge has changed since. Hugging Face looks at the result alone: where
// the symbols have changed and make the same token, they are merged now.
func (e *encoder) apply(w waiting) {
	left := &e.word[w.at]
	if left.id == gone || left.right < 0 {
		return
	}
	right := &e.word[left.right]
	rank, ok := e.ranks[pairOf(left.id, right.id)]
	result := e.list[w.rank].result
	if !ok || e.list[rank].result != result {
		return
	}
	left.id, left.right, right.id = result, right.right, gone
	if left.right >= 0 {
		e.word[left.right].left = w.at
		e.wait(w.at)
	}
	if left.left >= 0 {
		e.wait(left.left)
	}
}
