package treebank

import (
	"strings"

	"owlm/lmkit/internal/runes"
)

// contraction is a word that becomes two tokens.
type contraction struct {
	first, second string
	spaceBefore   bool // needs a space before it; otherwise any word boundary will do
	spaceAfter    bool // needs a space after it; otherwise any word boundary will do
}

// contractionList is Robert MacIntyre's list, CONTRACTIONS2 and CONTRACTIONS3 in NLTK.
var contractionList = []contraction{
	{first: "can", second: "not"}, {first: "d", second: "'ye"}, {first: "gim", second: "me"},
	{first: "gon", second: "na"}, {first: "got", second: "ta"}, {first: "lem", second: "me"},
	{first: "more", second: "'n"}, {first: "wan", second: "na", spaceAfter: true},
	{first: "'t", second: "is", spaceBefore: true}, {first: "'t", second: "was", spaceBefore: true},
}

// splitContractions writes each contraction as two tokens.
func splitContractions(s string) string {
	for _, c := range contractionList {
		s = c.replace(s, c.findWord, func(first, second string) string { return " " + first + " " + second + " " })
	}
	return s
}

// joinContractions writes the two tokens of each contraction as one word. As in NLTK, 'tis and 'twas come first and
// lose the space before them.
func joinContractions(s string) string {
	for _, spaceBefore := range []bool{true, false} {
		for _, c := range contractionList {
			if c.spaceBefore == spaceBefore {
				s = c.replace(s, c.findTokens, func(first, second string) string { return first + second })
			}
		}
	}
	return s
}

// replace replaces every occurrence that find returns by what with makes of its two parts. With spaceBefore, the space
// before the contraction belongs to the occurrence.
func (c contraction) replace(
	s string, find func(s string, i int) (first, second span, ok bool), with func(first, second string) string,
) string {
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

// findWord finds the contraction as one word at byte i. NLTK matches it with re.
func (c contraction) findWord(s string, i int) (first, second span, ok bool) {
	middle := i + runes.FoldPrefix(s, i, c.first, true)
	if middle == i {
		return first, second, false
	}
	end := middle + runes.FoldPrefix(s, middle, c.second, true)
	ok = end > middle && c.standsAlone(s, i, end, runes.IsAlphanumeric, runes.IsBlank)
	return span{i, middle}, span{middle, end}, ok
}

// findTokens finds the contraction as two tokens, the first of them at byte i. NLTK matches it with regex.
func (c contraction) findTokens(s string, i int) (first, second span, ok bool) {
	middle := i + runes.FoldPrefix(s, i, c.first, false)
	r, size := runes.At(s, middle)
	if middle == i || size == 0 || !runes.IsSpace(r) {
		return first, second, false
	}
	end := middle + size + runes.FoldPrefix(s, middle+size, c.second, false)
	ok = end > middle+size && c.standsAlone(s, i, end, runes.IsWord, runes.IsSpace)
	return span{i, middle}, span{middle + size, end}, ok
}

// standsAlone reports whether s[i:end], which spells the contraction, is not a part of a longer word.
func (c contraction) standsAlone(s string, i, end int, word, space func(rune) bool) bool {
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
