package ngram

import (
	"maps"
	"slices"
)

// Distinct returns the number of distinct n-grams in a text divided by the number of all its n-grams (distinct-n, Li et
// al. 2016): 1 if nothing is repeated, 0 if the text is shorter than n.
func Distinct[T comparable](tokens []T, n int) float64 {
	if n < 1 || len(tokens) < n {
		return 0
	}
	var seen [][]T
	for i := 0; i+n <= len(tokens); i++ {
		gram := tokens[i : i+n]
		if !slices.ContainsFunc(seen, func(other []T) bool { return slices.Equal(gram, other) }) {
			seen = append(seen, gram)
		}
	}
	return float64(len(seen)) / float64(len(tokens)-n+1)
}

// CopiedShare returns the share of a sample's n-grams that also occur in the source: 1 if the sample is pieced together
// from the source, 0 if it is shorter than n.
func CopiedShare[T comparable](sample, source []T, n int) float64 {
	if n < 1 || len(sample) < n {
		return 0
	}
	copied := 0
	for i := 0; i+n <= len(sample); i++ {
		if contains(source, sample[i:i+n]) {
			copied++
		}
	}
	return float64(copied) / float64(len(sample)-n+1)
}

func contains[T comparable](source, part []T) bool {
	for i := 0; i+len(part) <= len(source); i++ {
		if slices.Equal(source[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// LongestCopy finds the longest stretch of a sample that also occurs in the source. It returns its length and where it
// begins in the sample; if there are several, the first. Time grows in proportion to the lengths of the two, memory in
// proportion to the sample's length alone, so the source may be the whole training text.
func LongestCopy[T comparable](sample, source []T) (length, at int) {
	states := stretches(sample)
	state, matched := 0, 0 // the longest stretch of the sample that ends at this token of the source
	for _, token := range source {
		next, known := states[state].next[token]
		for !known && state > 0 {
			state = states[state].shorter
			matched = states[state].length
			next, known = states[state].next[token]
		}
		if !known {
			continue
		}
		state, matched = next, matched+1
		if begin := states[state].end - matched; matched > length || matched == length && begin < at {
			length, at = matched, begin
		}
	}
	return length, at
}

// stretch is a state of a suffix automaton. It stands for all stretches of a sample that end at the same places.
type stretch[T comparable] struct {
	next    map[T]int // the state of the stretches with one more token
	length  int       // the length of the longest stretch
	shorter int       // the state of their longest suffix that also ends at other places; -1 at the root
	end     int       // the position after the first place where the stretches end
}

// stretches builds the suffix automaton of a sample (Blumer et al. 1985): the smallest one that accepts each of its
// stretches. State 0 is the empty stretch.
func stretches[T comparable](sample []T) []stretch[T] {
	states := []stretch[T]{{next: map[T]int{}, shorter: -1}}
	whole := 0 // the state of the sample up to this token
	for i, token := range sample {
		added := len(states)
		states = append(states, stretch[T]{next: map[T]int{}, length: i + 1, end: i + 1})
		p := whole
		for ; p >= 0; p = states[p].shorter {
			if _, known := states[p].next[token]; known {
				break
			}
			states[p].next[token] = added
		}
		if p >= 0 {
			var shorter int
			states, shorter = divide(states, p, token)
			states[added].shorter = shorter
		}
		whole = added
	}
	return states
}

// divide returns the state of state p's longest stretch followed by token. If longer stretches share that state, it
// splits off a new state without them.
func divide[T comparable](states []stretch[T], p int, token T) ([]stretch[T], int) {
	q := states[p].next[token]
	if states[q].length == states[p].length+1 {
		return states, q
	}
	own := len(states)
	states = append(states, stretch[T]{
		next: maps.Clone(states[q].next), length: states[p].length + 1, shorter: states[q].shorter, end: states[q].end,
	})
	for ; p >= 0 && states[p].next[token] == q; p = states[p].shorter {
		states[p].next[token] = own
	}
	states[q].shorter = own
	return states, own
}
