package treebank

import (
	"strings"
	"unicode/utf8"

	"owlm/lmkit/internal/runes"
)

// bytesOfSet is a table of the bytes of a set of ASCII characters.
func bytesOfSet(set string) (table [256]bool) {
	for i := range len(set) {
		table[set[i]] = true
	}
	return table
}

// hasPunctuation says whether a text has anything but letters and digits of ASCII and plain white space.
func hasPunctuation(s string) bool {
	for i := range len(s) {
		if c := s[i]; !isPunktSpace[c] && (c >= utf8.RuneSelf || c == '_' || !runes.IsAlphanumeric(rune(c))) {
			return true
		}
	}
	return false
}

// AppendWords splits one sentence, or a piece of one, by the rules of NLTKWordTokenizer (nltk/tokenize/destructive.py), in
// their order: each puts spaces around what is to be a token, and at the end the sentence is cut at spaces. White space
// behind a piece says that the sentence goes on.
func AppendWords(tokens []string, s string) []string {
	if hasPunctuation(s) {
		s = punctuation(s)
	} else {
		s = " " + s + " "
	}
	return appendFields(tokens, contractions(s))
}

// punctuation applies the rules that change nothing but punctuation and what is beside it.
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

// appendFields cuts at white space.
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

// pad puts spaces around everything that length finds: the number of bytes of a match that begins at
// byte i with one of the characters in first; 0 for no match.
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

// one matches a single byte, two the same byte twice, dots two full stops or more.
func one(string, int) int { return 1 }

func two(s string, i int) int {
	if i+1 < len(s) && s[i+1] == s[i] {
		return 2
	}
	return 0
}

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

// padRunes puts spaces around each of the given runes, which are not ASCII.
func padRunes(s, runes string) string {
	if !strings.ContainsAny(s, runes) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(runes, r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// closing are the characters that may follow the full stop of a sentence.
const closing = "])}>\"'»”’ "

// finalPeriod sets off the full stop that ends the sentence, and what closes behind it.
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

// commas sets off commas and colons, but not before a digit. The character behind one is passed over
// with it, so that of two in a row only the first is set off.
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
	// A comma that was passed over is set off all the same if the sentence ends with it.
	if last := padded[len(padded)-1]; last == ',' || last == ':' {
		return padded[:len(padded)-1] + " " + string(last) + " "
	}
	return padded
}

// loneApostrophes sets off an apostrophe that is followed by a space.
func loneApostrophes(s string) string {
	if !strings.Contains(s, "' ") {
		return s
	}
	var b strings.Builder
	done := 0
	for i := 1; i+1 < len(s); i++ {
		// The character before must not belong to the match before.
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
