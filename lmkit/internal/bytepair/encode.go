package bytepair

import (
	"strings"
	"unicode/utf8"
)

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

// Tokenize splits text into tokens, written in GPT-2's alphabet.
func (m *Merges) Tokenize(text string) []string {
	ids := m.Encode(text)
	tokens := make([]string, len(ids))
	for i, id := range ids {
		tokens[i] = m.Tokens[id]
	}
	return tokens
}

// AppendBlock tokenizes the beginning of a block and appends its tokens. It stops at the last end of a pre-token that
// text after the block cannot move, but not after white space (see pretoken), and returns the tokens and how many bytes
// of the block they cover: 0 if there is no such place. With last, nothing follows the block, and all of it is
// tokenized.
func (m *Merges) AppendBlock(tokens []string, block string, last bool) ([]string, int) {
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

// encoder encodes one pre-token after the other.
type encoder struct {
	*Merges
	cache map[string][]int32 // the ids of pre-tokens
	word  []node             // the pre-token that is being merged
	next  queue[queued]
}

// node is a token of the pre-token that is being merged, in a doubly linked list.
type node struct {
	id          int32 // gone if it was merged into the node on its left
	left, right int32 // the neighbors' indices in encoder.word; -1 for none
}

const gone = -1

// queued is a merge that may be applied: of the node at index at with its right neighbor. rank is its place in
// Merges.list.
type queued struct{ rank, at int32 }

func newEncoder(m *Merges) *encoder {
	earlier := func(a, b *queued) bool { return a.rank < b.rank || a.rank == b.rank && a.at < b.at }
	return &encoder{Merges: m, cache: make(map[string][]int32), next: queue[queued]{before: earlier}}
}

// Bounds of an encoder's cache: how many pre-tokens it holds, and how many bytes the longest of them has.
const (
	cachedPretokens = 1 << 16
	cachedLength    = 64
)

func (e *encoder) appendText(ids []int32, text string) []int32 {
	for len(text) > 0 {
		n := pretoken(text)
		ids = e.appendPretoken(ids, text[:n])
		text = text[n:]
	}
	return ids
}

func (e *encoder) appendPretoken(ids []int32, s string) []int32 {
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
		// s itself would keep the whole text in memory.
		e.cache[strings.Clone(s)] = append([]int32(nil), ids[start:]...)
	}
	return ids
}

// merge appends the ids of a pre-token. As long as any merge applies, it makes the one that was learned first, at its
// leftmost place.
func (e *encoder) merge(ids []int32, s string) []int32 {
	e.word, e.next.items = e.word[:0], e.next.items[:0]
	for i := range len(s) {
		e.word = append(e.word, node{e.bytes[s[i]], int32(i - 1), int32(i + 1)})
	}
	e.word[len(s)-1].right = -1
	for i := range len(s) - 1 {
		e.enqueue(int32(i))
	}
	for len(e.next.items) > 0 {
		e.apply(e.next.pop())
	}
	for i := int32(0); i >= 0; i = e.word[i].right {
		ids = append(ids, e.word[i].id)
	}
	return ids
}

// enqueue queues the merge of a node with its right neighbor, if the two were merged in training.
func (e *encoder) enqueue(at int32) {
	left := e.word[at]
	if rank, ok := e.ranks[pairOf(left.id, e.word[left.right].id)]; ok {
		e.next.push(queued{rank, at})
	}
}

// apply makes a merge, unless the nodes have changed since it was queued. As in Hugging Face's library, what counts is
// the token that results: if the nodes now hold another pair that merges into the same token, they are merged.
func (e *encoder) apply(q queued) {
	left := &e.word[q.at]
	if left.id == gone || left.right < 0 {
		return
	}
	right := &e.word[left.right]
	rank, ok := e.ranks[pairOf(left.id, right.id)]
	result := e.list[q.rank].result
	if !ok || e.list[rank].result != result {
		return
	}
	left.id, left.right, right.id = result, right.right, gone
	if left.right >= 0 {
		e.word[left.right].left = q.at
		e.enqueue(q.at)
	}
	if left.left >= 0 {
		e.enqueue(left.left)
	}
}
