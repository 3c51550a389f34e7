package treebank

import (
	"strings"

	"owlm/lmkit/internal/runes"
)

// contraction is a word that is written as one and is two tokens, from Robert MacIntyre's list.
type contraction struct {
	first, second string
	spaceBefore   bool // only behind a space, not at any beginning of a word
	spaceAfter    bool // only before a space, not at any end of a word
}

var contractionList = []contraction{
	{first: "can", second: "not"}, {first: "d", second: "'ye"}, {first: "gim", second: "me"}, {first: "gon", second: "na"},
	{first: "got", second: "ta"}, {first: "lem", second: "me"}, {first: "more", second: "'n"},
	{first: "wan", second: "na", spaceAfter: true},
	{first: "'t", second: "is", spaceBefore: true}, {first: "'t", second: "was", spaceBefore: true},
}

// contractions takes contractions apart.
func contractions(s string) string {
	for _, c := range contractionList {
		s = c.replace(s, c.together, func(first, second string) string { return " " + first + " " + second + " " })
	}
	return s
}

// closeContractions puts the two tokens of contractions together again; those behind a space lose it.
func closeContractions(s string) string {
	for _, spaceBefore := range []bool{true, false} {
		for _, c := range contractionList {
			if c.spaceBefore == spaceBefore {
				s = c.replace(s, c.apart, func(first, second string) string { return first + second })
			}
		}
	}
	return s
}

// replace replaces the contractions that find finds. A space before that belongs to one is dropped: with spaceBefore.
func (c contraction) replace(s string, find func(s string, i int) (first, second span, ok bool), with func(first, second string) string) string {
	var b strings.Builder
	done, low, high := 0, c.first[0], strings.ToUpper(c.first[:1])[0]
	for i := 0; i < len(s); i++ {
		if s[i] != low && s[i] != high {
			continue
		}
		first, second, ok := find(s, i)
		if !ok {
			continue
		}
		start := i
		if c.spaceBefore {
			start--
		}
		if start < done {
			continue
		}
		b.WriteString(s[done:start] + with(s[first.start:first.end], s[second.start:second.end]))
		done = second.end
		i = done - 1
	}
	if done == 0 {
		return s
	}
	return b.String() + s[done:]
}

// together finds the contraction, written as one word, at byte i. The rule is one of Python's re.
func (c contraction) together(s string, i int) (first, second span, ok bool) {
	middle := i + runes.FoldPrefix(s, i, c.first, true)
	if middle == i {
		return first, second, false
	}
	end := middle + runes.FoldPrefix(s, middle, c.second, true)
	return span{i, middle}, span{middle, end}, end > middle && c.stands(s, i, end, runes.IsAlphanumeric, runes.IsBlank)
}

// apart finds the contraction's two tokens, the first at byte i. The rule is one of the package regex.
func (c contraction) apart(s string, i int) (first, second span, ok bool) {
	middle := i + runes.FoldPrefix(s, i, c.first, false)
	r, size := runes.At(s, middle)
	if middle == i || size == 0 || !runes.IsSpace(r) {
		return first, second, false
	}
	end := middle + size + runes.FoldPrefix(s, middle+size, c.second, false)
	return span{i, middle}, span{middle + size, end}, end > middle+size && c.stands(s, i, end, runes.IsWord, runes.IsSpace)
}

// stands says whether the contraction at s[i:end] is a word of its own.
func (c contraction) stands(s string, i, end int, word, space func(rune) bool) bool {
	left := runes.Boundary(s, i, word)
	if c.spaceBefore {
		left = i > 0 && s[i-1] == ' '
	}
	right := runes.Boundary(s, end, word)
	if c.spaceAfter {
		r, size := runes.At(s, end)
		right = size > 0 && space(r)
	}
	return left && right
}
