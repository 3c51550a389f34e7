package bytepair

import (
	"context"
	"io"
	"strings"
)

// Learn learns merges from texts, each by itself, until there are size tokens or no pair occurs frequency times. The
// same texts always give the same merges: the most frequent pair comes first, and of several equally frequent pairs the
// one with the smallest ids. They are the merges of Hugging Face's BpeTrainer with the byte alphabet as
// initial_alphabet, when it receives each text as one string.
//
// Memory grows with the number of distinct words, not with the length of the texts. An error comes from the reader or
// from the context.
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

// countPretokens counts the pre-tokens of texts. They are in the order of their first occurrence.
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

// learner learns merges. After each merge, it updates the counts of the pairs that the merge has changed.
type learner struct {
	tokens []string
	ids    map[string]int32
	merges []merge

	words  [][]int32    // the distinct pre-tokens, as far as they are merged
	counts []int        // how often each pre-token occurs
	pairs  map[pair]int // how often each pair occurs
	queue  queue[candidate]
}

// candidate is a pair that may be merged.
type candidate struct {
	pair  pair
	count int     // how often it occurred when it was queued; it may have become rarer since
	age   int     // the number of merges when it was first queued
	words []int32 // the pre-tokens in which it occurred then
}

func newLearner(counts []pretokenCount) *learner {
	l := &learner{
		tokens: sortedSymbols(), ids: make(map[string]int32), pairs: make(map[pair]int),
		queue: queue[candidate]{before: earlier},
	}
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

// earlier reports whether a is merged before b. Age decides if a pair is in the queue twice.
func earlier(a, b *candidate) bool {
	if a.count != b.count {
		return a.count > b.count
	}
	if a.pair != b.pair {
		return a.pair < b.pair
	}
	return a.age < b.age
}

// count adds n to a pair's count. If n is positive, word is added to the words that found lists for the pair.
func (l *learner) count(found map[pair][]int32, p pair, word, n int) {
	l.pairs[p] += n
	if n <= 0 {
		return
	}
	if words := found[p]; len(words) == 0 || words[len(words)-1] != int32(word) {
		found[p] = append(words, int32(word))
	}
}

// enqueue queues the pairs in found as candidates.
func (l *learner) enqueue(found map[pair][]int32) {
	for p, words := range found {
		if n := l.pairs[p]; n > 0 {
			l.queue.push(candidate{pair: p, count: n, age: len(l.merges), words: words})
		}
	}
}

// step learns one merge. It returns false if no pair is left that occurs often enough.
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

// learn merges a pair into one token in every word that has it. Two different pairs may become the same token.
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

// mergeWord merges a pair in one word and updates the counts of the pairs around it. The pair keeps its own count, as
// in Hugging Face's trainer. That matters if another merge makes one of its tokens and so brings the pair back: the new
// occurrences are added to the old count.
func (l *learner) mergeWord(found map[pair][]int32, i int, left, right, id int32) {
	word, n := l.words[i], l.counts[i]
	done := word[:0] // shares memory with word, but never gets ahead of the loop
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

// distinctMerges returns the merges. If a pair was merged twice, the later merge is the one that counts, as in Hugging
// Face's library.
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
