package text

import "strings"

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
		s = c.split(s)
	}
	return s
}

func (c contraction) split(s string) string {
	whole := c.first + c.second
	i := indexFold(s, whole, 0)
	if i < 0 {
		return s
	}
	var b strings.Builder
	done := 0
	for ; i >= 0; i = indexFold(s, whole, i+1) {
		end := i + len(whole)
		if i < done || !c.stands(s, i, end) {
			continue
		}
		b.WriteString(s[done:i])
		b.WriteString(" " + s[i:i+len(c.first)] + " " + s[i+len(c.first):end] + " ")
		done = end
	}
	b.WriteString(s[done:])
	return b.String()
}

// stands says whether the contraction at s[i:end] is a word of its own.
func (c contraction) stands(s string, i, end int) bool {
	left := wordBoundary(s, i)
	if c.spaceBefore {
		left = i > 0 && s[i-1] == ' '
	}
	right := wordBoundary(s, end)
	if c.spaceAfter {
		r, size := at(s, end)
		right = size > 0 && isSpace(r)
	}
	return left && right
}

// indexFold is the index, from byte i on, of an ASCII substring in upper or lower case; -1 if there is none.
func indexFold(s, substring string, i int) int {
	low, high := substring[0], strings.ToUpper(substring[:1])[0]
	for ; i+len(substring) <= len(s); i++ {
		if (s[i] == low || s[i] == high) && strings.EqualFold(s[i:i+len(substring)], substring) {
			return i
		}
	}
	return -1
}
