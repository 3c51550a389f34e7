package treebank

import (
	"strings"

	"owlm/lmkit/internal/runes"
)

// openingQuotes sets off opening quotation marks. Straight ones become two backquotes.
func openingQuotes(s string) string {
	s = padOpening(s)
	if strings.HasPrefix(s, `"`) {
		s = "``" + s[1:]
	}
	s = pad(s, "`", two)
	s = straightOpening(s)
	return openingApostrophe(s)
}

// padOpening puts spaces around curly opening quotation marks, guillemets and runs of backquotes.
func padOpening(s string) string {
	if !strings.ContainsAny(s, "«“‘„`") {
		return s
	}
	s = padRunes(s, "«“‘„")
	return pad(s, "`", func(s string, i int) int {
		n := 0
		for i+n < len(s) && s[i+n] == '`' {
			n++
		}
		return n
	})
}

// straightOpening turns a straight double quotation mark, or two apostrophes, into two backquotes if a space or an
// opening bracket comes before it.
func straightOpening(s string) string {
	if !strings.Contains(s, `"`) && !strings.Contains(s, "''") {
		return s
	}
	var b strings.Builder
	done := 0
	for i := 0; i+1 < len(s); i++ {
		if strings.IndexByte(" ([{<", s[i]) < 0 {
			continue
		}
		n := 0
		switch {
		case s[i+1] == '"':
			n = 1
		case strings.HasPrefix(s[i+1:], "''"):
			n = 2
		default:
			continue
		}
		b.WriteString(s[done : i+1])
		b.WriteString(" `` ")
		done = i + 1 + n
		i += n
	}
	b.WriteString(s[done:])
	return b.String()
}

// clitics lists what an apostrophe may begin without being an opening quotation mark.
var clitics = []string{"re", "ve", "ll", "m", "t", "s", "d", "n"}

// openingApostrophe sets off an apostrophe at the beginning of a word that is not a clitic.
func openingApostrophe(s string) string {
	if !strings.Contains(s, "'") {
		return s
	}
	var b strings.Builder
	done := 0
	for i := 0; i+1 < len(s); i++ {
		if s[i] != '\'' {
			continue
		}
		left, leftSize := runes.Before(s, i)
		right, _ := runes.At(s, i+1)
		if (leftSize > 0 && runes.IsWord(left)) || !runes.IsWord(right) || beginsClitic(s, i+1) {
			continue
		}
		b.WriteString(s[done : i+1])
		b.WriteByte(' ')
		done = i + 1
	}
	b.WriteString(s[done:])
	return b.String()
}

func beginsClitic(s string, i int) bool {
	for _, clitic := range clitics {
		if n := runes.FoldPrefix(s, i, clitic, false); n > 0 && runes.Boundary(s, i+n, runes.IsWord) {
			return true
		}
	}
	return false
}

// closingQuotes sets off closing quotation marks; straight ones become two apostrophes. It reduces white space to
// single spaces. Then it sets off the possessive ending and the contracted verbs: 's, 'm, 'd and ', then 'll, 're, 've
// and n't.
func closingQuotes(s string) string {
	s = padRunes(s, "»”’")
	s = pad(s, "'", two)
	s = strings.ReplaceAll(s, `"`, " '' ")
	s = singleSpaces(s)
	if !strings.Contains(s, "'") {
		return s
	}
	s = splitEnding(s, shortEnding)
	return splitEnding(s, longEnding)
}

// singleSpaces writes every run of white space as one space.
func singleSpaces(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for i := 0; i < len(s); {
		r, size := runes.At(s, i)
		if !runes.IsSpace(r) {
			b.WriteString(s[i : i+size])
		} else if !space {
			b.WriteByte(' ')
		}
		space = runes.IsSpace(r)
		i += size
	}
	return b.String()
}

// splitEnding puts a space before each ending that a space follows and neither an apostrophe nor a space precedes.
// length returns the length of the ending at byte i, 0 if there is none. As in a regular expression, two matches share
// no characters.
func splitEnding(s string, length func(s string, i int) int) string {
	var b strings.Builder
	done := 0
	for i := 1; i < len(s); i++ {
		c := s[i]
		if c != '\'' && c != 'n' && c != 'N' {
			continue
		}
		n := length(s, i)
		if n == 0 || i+n >= len(s) || s[i+n] != ' ' || i == done || s[i-1] == '\'' || s[i-1] == ' ' {
			continue
		}
		b.WriteString(s[done:i])
		b.WriteByte(' ')
		b.WriteString(s[i : i+n+1])
		done = i + n + 1
		i += n
	}
	b.WriteString(s[done:])
	return b.String()
}

// shortEnding returns the length of 's, 'm or 'd at byte i, in either case, or of a lone apostrophe.
func shortEnding(s string, i int) int {
	if s[i] != '\'' {
		return 0
	}
	if i+2 < len(s) && strings.IndexByte("sSmMdD", s[i+1]) >= 0 && s[i+2] == ' ' {
		return 2
	}
	return 1
}

// longEnding returns the length of 'll, 're, 've or n't at byte i, all in lower or all in upper case.
func longEnding(s string, i int) int {
	for _, ending := range []string{"'ll", "'LL", "'re", "'RE", "'ve", "'VE", "n't", "N'T"} {
		if strings.HasPrefix(s[i:], ending) {
			return len(ending)
		}
	}
	return 0
}
