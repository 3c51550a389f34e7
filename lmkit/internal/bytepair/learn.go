package bytepair

import (
	"context"
	"io"
	"strings"
)

// Learn learns merges from texts, each by itself, until there are size tokens or no pair occurs frequency times. The same text gives the same
// merges, which are those of Hugging Face's BpeTrainer with the byte alphabet as initial_alphabet, for the text as one string: the
// most frequent pair first, and of equally frequent ones the one with the smallest ids. Memory grows with the number of distinct
// words, not with the text. An error is the reader's or the context's.
func Learn(ctx context.Context, texts []io.Reader, size, frequency int) (*Merges, error) {
	words, err := countPretokens(texts)
	if err != nil {
		return nil, err
	}
	l := newLearner(words)
	for len(l.tokens) < size && l.step(frequency) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return newMerges(l.tokens, len(l.tokens), l.distinctMerges(), newAddedTokens(nil)), nil
}

// pretokenCount is a pre-token and how often it occurs.
type pretokenCount struct {
	content string
	count   int
}

// countPretokens counts the pre-tokens of texts, in the order in which they first occur.
func countPretokens(texts []io.Reader) ([]pretokenCount, error) {
	var counts []pretokenCount
	places := make(map[string]int)
	for _, r := range texts {
		err := eachPretoken(r, func(s string) {
			place, ok := places[s]
			if !ok {
				place = len(counts)
				s = strings.Clone(s)
				counts, places[s] = append(counts, pretokenCount{content: s}), place
			}
			counts[place].count++
		})
		if err != nil {
			return nil, err
		}
	}
	return counts, nil
}

// learner learns merges. Only what a merge changes is counted anew.
type learner struct {
	tokens []string
	ids    map[string]int32
	merges []merge

	words  [][]int32    // the distinct pre-tokens, as merged so far
	counts []int        // how often each occurs
	pairs  map[pair]int // how often each pair occurs
	queue  queue[candidate]
}

// candidate is a pair that may be merged.
type candidate struct {
	pair  pair
	count int     // when it was queued; the pair may have become rarer since
	age   int     // the number of merges when it was first queued
	words []int32 // those that it occurs in, some no longer
}

func newLearner(counts []pretokenCount) *learner {
	l := &learner{tokens: sortedSymbols(), ids: make(map[string]int32), pairs: make(map[pair]int), queue: queue[candidate]{before: earlier}}
	for id, token := range l.tokens {
		l.ids[token] = int32(id)
	}
	found := make(map[pair][]int32)
	for i, c := range counts {
		word := make([]int32, len(c.content))
		for j := range word {
			word[j] = l.ids[symbols[c.content[j]]]
			if j > 0 {
				l.count(found, pairOf(word[j-1], word[j]), i, c.count)
			}
		}
		l.words, l.counts = append(l.words, word), append(l.counts, c.count)
	}
	l.enqueue(found)
	return l
}

// earlier says which pair is merged first. The last criterion is for a pair that is queued twice.
func earlier(a, b *candidate) bool {
	if a.count != b.count {
		return a.count > b.count
	}
	if a.pair != b.pair {
		return a.pair < b.pair
	}
	return a.age < b.age
}

// count adds to a pair's count, and notes the word that has it if that is new.
func (l *learner) count(found map[pair][]int32, p pair, word, n int) {
	l.pairs[p] += n
	if n <= 0 {
		return
	}
	if words := found[p]; len(words) == 0 || words[len(words)-1] != int32(word) {
		found[p] = append(words, int32(word))
	}
}

func (l *learner) enqueue(found map[pair][]int32) {
	for p, words := range found {
		if n := l.pairs[p]; n > 0 {
			l.queue.push(candidate{pair: p, count: n, age: len(l.merges), words: words})
		}
	}
}

// step learns one merge. It is false if no pair is left that occurs often enough.
func (l *learner) step(frequency int) bool {
	for len(l.queue.items) > 0 {
		next := l.queue.pop()
		if n := l.pairs[next.pair]; n != next.count {
			next.count = n
			l.queue.push(next)
			continue
		}
		if next.count < frequency {
			return false
		}
		l.learn(next)
		return true
	}
	return false
}

// learn makes a pair a token, in all words that have it. Two pairs may make the same token.
func (l *learner) learn(c candidate) {
	left, right := c.pair.ids()
	token := l.tokens[left] + l.tokens[right]
	id, ok := l.ids[token]
	if !ok {
		id = int32(len(l.tokens))
		l.tokens, l.ids[token] = append(l.tokens, token), id
	}
	l.merges = append(l.merges, merge{c.pair, id})
	found := make(map[pair][]int32)
	for _, i := range c.words {
		l.mergeWord(found, int(i), left, right, id)
	}
	l.enqueue(found)
}

// mergeWord merges a pair in a word, and counts the pairs that go and come with their neighbours. The count of the
// pair itself stays, as Hugging Face's does, which tells when another way to its token brings it back.
func (l *learner) mergeWord(found map[pair][]int32, i int, left, right, id int32) {
	word, n := l.words[i], l.counts[i]
	done := word[:0] // written behind what is read
	for j := 0; j < len(word); j++ {
		if word[j] != left || j+1 == len(word) || word[j+1] != right {
			done = append(done, word[j])
			continue
		}
		if len(done) > 0 {
			before := done[len(done)-1]
			l.count(found, pairOf(before, left), i, -n)
			l.count(found, pairOf(before, id), i, n)
		}
		done = append(done, id)
		j++
		if j+1 < len(word) {
			l.count(found, pairOf(right, word[j+1]), i, -n)
			l.count(found, pairOf(id, word[j+1]), i, n)
		}
	}
	l.words[i] = done
}

// distinctMerges are the merges; of a pair that was merged twice, the later, which is what Hugging Face keeps.
func (l *learner) distinctMerges() []merge {
	last := make(map[pair]int)
	for i, m := range l.merges {
		last[m.pair] = i
	}
	var list []merge
	for i, m := range l.merges {
		if last[m.pair] == i {
			list = append(list, m)
		}
	}
	return list
}
