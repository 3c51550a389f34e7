package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The character classes of NLTK, which differ from Go's. Most of its rules are run by Python's package regex, those for
// contractions by Python's own re; white space is also cut by Python's str.split and str.strip.

// isSpace is \s of regex: white space as Unicode has it.
func isSpace(r rune) bool { return unicode.IsSpace(r) }

// isBlank is \s of re, and where str.split cuts: white space, and the four information separators.
func isBlank(r rune) bool { return unicode.IsSpace(r) || (r >= 0x1c && r <= 0x1f) }

// isWord is \w of regex: letters and what counts as such, marks, decimal digits, the underscore and its like, and the
// two joiners.
func isWord(r rune) bool {
	if r < 0x80 {
		return isAlphanumeric(r)
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}

// isAlphanumeric is \w of re: letters, numbers of all kinds and the underscore.
func isAlphanumeric(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// isUpper and isLower are Python's str.isupper and str.islower of one character.
func isUpper(r rune) bool { return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r) }
func isLower(r rune) bool { return unicode.IsLower(r) || unicode.Is(unicode.Other_Lowercase, r) }

// isDigit is \d: decimal digits.
func isDigit(r rune) bool { return unicode.Is(unicode.Nd, r) }

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
		if c := s[i]; !isPunktSpace[c] && (c >= utf8.RuneSelf || c == '_' || !isAlphanumeric(rune(c))) {
			return true
		}
	}
	return false
}

// before is the rune that ends at byte i, and its size; size 0 at the beginning.
func before(s string, i int) (rune, int) {
	if i == 0 {
		return 0, 0
	}
	return utf8.DecodeLastRuneInString(s[:i])
}

// at is the rune that begins at byte i, and its size; size 0 at the end.
func at(s string, i int) (rune, int) {
	if i >= len(s) {
		return 0, 0
	}
	return utf8.DecodeRuneInString(s[i:])
}

// boundary is \b at byte i, for a class of word characters.
func boundary(s string, i int, word func(rune) bool) bool {
	left, leftSize := before(s, i)
	right, rightSize := at(s, i)
	return (leftSize > 0 && word(left)) != (rightSize > 0 && word(right))
}

// foldPrefix is the length of word, in lower-case ASCII, at the beginning of s[i:] in upper or lower case; 0 if it is not
// there. The long ſ is an s, the Kelvin sign a k and, for re alone, dotless and dotted capital i are an i.
func foldPrefix(s string, i int, word string, re bool) int {
	start := i
	for j := range len(word) {
		r, size := at(s, i)
		same := unicode.ToLower(r) == rune(word[j]) || unicode.ToUpper(r) == rune(word[j]-'a'+'A') && word[j] >= 'a'
		if size == 0 || !same || !re && (r == 'ı' || r == 'İ') {
			return 0
		}
		i += size
	}
	return i - start
}

// skipSpace is the position of the first byte from i on that is not white space.
func skipSpace(s string, i int) int { return skip(s, i, isSpace) }

// skip is the first byte from i on whose character does not belong to a class.
func skip(s string, i int, class func(rune) bool) int {
	for i < len(s) {
		r, size := at(s, i)
		if !class(r) {
			break
		}
		i += size
	}
	return i
}

// trimRight is str.rstrip.
func trimRight(s string) string { return strings.TrimRightFunc(s, isBlank) }

// lower is Python's str.lower: strings.ToLower, but for the two letters whose lower case depends on
// where they stand or takes two code points.
func lower(s string) string {
	if !strings.Contains(s, "Σ") && !strings.Contains(s, "İ") {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for i, r := range s {
		switch r {
		case 'Σ':
			if finalSigma(s, i) {
				b.WriteRune('ς')
			} else {
				b.WriteRune('σ')
			}
		case 'İ':
			b.WriteString("i̇")
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// unlowered is the byte of s that byte i of lower(s) comes from.
func unlowered(s string, i int) int {
	for at, r := range s {
		if i <= 0 {
			return at
		}
		switch {
		case r < utf8.RuneSelf:
			i--
		case r == 'İ':
			i -= len("i̇")
		default:
			i -= utf8.RuneLen(unicode.ToLower(r))
		}
	}
	return len(s)
}

// finalSigma says whether the sigma at byte i ends a word: a letter before it, none after it, marks
// and the like passed over (Unicode Standard, table 3-17).
func finalSigma(s string, i int) bool {
	for left := i; ; {
		r, size := before(s, left)
		if size == 0 {
			return false
		}
		left -= size
		if !caseIgnorable(r) {
			if !cased(r) {
				return false
			}
			break
		}
	}
	for right := i + len("Σ"); ; {
		r, size := at(s, right)
		if size == 0 {
			return true
		}
		right += size
		if !caseIgnorable(r) {
			return !cased(r)
		}
	}
}

func cased(r rune) bool { return isUpper(r) || isLower(r) || unicode.IsTitle(r) }

func caseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune("'.:·’‘", r)
}
