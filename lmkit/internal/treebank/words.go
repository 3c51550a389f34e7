package treebank

import (
	"strings"
	"unicode/utf8"

	"owlm/lmkit/internal/runes"
)

// AppendSentence splits one sentence, or a chunk of one, into words and appends them to tokens. It applies the rules of
// NLTKWordTokenizer in their order: each puts spaces around what is to become a token, and at the end the text is cut
// at spaces. White space at the end of s means that the sentence goes on, so that s has no full stop that ends it.
func AppendSentence(tokens []string, s string) []string {
	if hasPunctuation(s) {
		s = punctuation(s)
	} else {
		s = " " + s + " "
	}
	return appendFields(tokens, splitContractions(s))
}

// hasPunctuation reports whether s has anything but ASCII letters, ASCII digits and ASCII white space.
func hasPunctuation(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isPunktSpace[c] && (c >= utf8.RuneSelf || c == '_' || !runes.IsAlphanumeric(rune(c))) {
			return true
		}
	}
	return false
}

// byteSet returns a table that is true for the bytes of an ASCII set.
func byteSet(set string) (table [256]bool) {
	for i := range len(set) {
		table[set[i]] = true
	}
	return table
}

// punctuation applies every rule but those for contractions. It would not change the tokens of a text without
// punctuation.
func punctuation(s string) string {
	goesOn := isPunktSpace[s[len(s)-1]]
	s = openingQuotes(s)
	if !goesOn {
		s = finalPeriod(s)
	}
	s = commas(s)
	s = pad(s, "..", dots)
	s = pad(s, ";@#$%&", one)
	s = padRunes(s, "\u2012\u2013\u2014\u2015")
	s = pad(s, "?!", one)
	s = loneApostrophes(s)
	s = pad(s, "*", one)
	s = pad(s, "[](){}<>", one)
	s = pad(s, "--", two)
	return closingQuotes(" " + s + " ")
}

// appendFields cuts s at white space, as Python's str.split does, and appends the parts to tokens.
func appendFields(tokens []string, s string) []string {
	for {
		s = strings.TrimLeftFunc(s, runes.IsBlank)
		if s == "" {
			return tokens
		}
		end := strings.IndexFunc(s, runes.IsBlank)
		if end < 0 {
			end = len(s)
		}
		tokens = append(tokens, s[:end])
		s = s[end:]
	}
}

// pad puts spaces around each match. A match begins with one of the bytes in first; length returns how many bytes long
// it is at byte i, 0 if there is none.
func pad(s, first string, length func(s string, i int) int) string {
	i := strings.IndexAny(s, first)
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	done := 0
	for i < len(s) {
		if strings.IndexByte(first, s[i]) < 0 {
			i++
			continue
		}
		n := length(s, i)
		if n == 0 {
			i++
			continue
		}
		b.WriteString(s[done:i])
		b.WriteByte(' ')
		b.WriteString(s[i : i+n])
		b.WriteByte(' ')
		i += n
		done = i
	}
	b.WriteString(s[done:])
	return b.String()
}

// one is a length for pad: every byte is a match.
func one(string, int) int { return 1 }

// two is a length for pad: the same byte twice is a match.
func two(s string, i int) int {
	if i+1 < len(s) && s[i+1] == s[i] {
		return 2
	}
	return 0
}

// dots is a length for pad: two full stops or more are a match.
func dots(s string, i int) int {
	n := 0
	for i+n < len(s) && s[i+n] == '.' {
		n++
	}
	if n < 2 {
		return 0
	}
	return n
}

// padRunes puts spaces around each rune of a set.
func padRunes(s, set string) string {
	if !strings.ContainsAny(s, set) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(set, r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// closing holds the characters that may follow the full stop that ends a sentence.
const closing = "])}>\"'»”’ "

// finalPeriod sets off the full stop that ends the sentence, from what is before it and from the closing characters
// after it.
func finalPeriod(s string) string {
	for i := 1; i < len(s); i++ {
		if s[i] != '.' || s[i-1] == '.' {
			continue
		}
		end := i + 1
		for end < len(s) {
			r, size := runes.At(s, end)
			if !strings.ContainsRune(closing, r) {
				break
			}
			end += size
		}
		if runes.SkipSpace(s, end) == len(s) {
			return s[:i] + " . " + s[i+1:end] + " "
		}
	}
	return s
}

// commas sets off commas and colons that no digit follows. A match includes the character after the comma, so of two
// commas in a row only the first is set off.
func commas(s string) string {
	i := strings.IndexAny(s, ",:")
	if i < 0 {
		return s
	}
	var b strings.Builder
	b.WriteString(s[:i])
	for i < len(s) {
		c := s[i]
		next, size := runes.At(s, i+1)
		switch {
		case c != ',' && c != ':', size > 0 && runes.IsDigit(next):
			b.WriteByte(c)
			i++
		case size == 0:
			b.WriteString(" " + string(c) + " ")
			i++
		default:
			b.WriteString(" " + string(c) + " " + s[i+1:i+1+size])
			i += 1 + size
		}
	}
	padded := b.String()
	// NLTK's next rule sets off a comma or colon at the end, even one that belongs to another match.
	if last := padded[len(padded)-1]; last == ',' || last == ':' {
		return padded[:len(padded)-1] + " " + string(last) + " "
	}
	return padded
}

// loneApostrophes sets off an apostrophe that a space follows and no apostrophe precedes.
func loneApostrophes(s string) string {
	if !strings.Contains(s, "' ") {
		return s
	}
	var b strings.Builder
	done := 0
	for i := 1; i+1 < len(s); i++ {
		// As in a regular expression, two matches share no characters: i > done.
		if s[i] == '\'' && s[i+1] == ' ' && s[i-1] != '\'' && i > done {
			b.WriteString(s[done:i])
			b.WriteString(" ' ")
			done = i + 2
			i++
		}
	}
	b.WriteString(s[done:])
	return b.String()
}
