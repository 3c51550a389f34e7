package runes

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The character classes of NLTK, which differ from Go's. Most of its rules are run by Python's package regex, those for
// contractions by Python's own re; white space is also cut by Python's str.split and str.strip.

// IsSpace is \s of regex: white space as Unicode has it.
func IsSpace(r rune) bool { return unicode.IsSpace(r) }

// IsBlank is \s of re, and where str.split cuts: white space, and the four information separators.
func IsBlank(r rune) bool { return unicode.IsSpace(r) || (r >= 0x1c && r <= 0x1f) }

// IsWord is \w of regex: letters and what counts as such, marks, decimal digits, the underscore and its like, and the
// two joiners.
func IsWord(r rune) bool {
	if r < 0x80 {
		return IsAlphanumeric(r)
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic, unicode.Join_Control)
}

// IsAlphanumeric is \w of re: letters, numbers of all kinds and the underscore.
func IsAlphanumeric(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// IsUpper and isLower are Python's str.isupper and str.islower of one character.
func IsUpper(r rune) bool { return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r) }

func IsLower(r rune) bool { return unicode.IsLower(r) || unicode.Is(unicode.Other_Lowercase, r) }

// IsDigit is \d: decimal digits.
func IsDigit(r rune) bool { return unicode.Is(unicode.Nd, r) }

// Before is the rune that ends at byte i, and its size; size 0 at the beginning.
func Before(s string, i int) (rune, int) {
	if i == 0 {
		return 0, 0
	}
	return utf8.DecodeLastRuneInString(s[:i])
}

// At is the rune that begins at byte i, and its size; size 0 at the end.
func At(s string, i int) (rune, int) {
	if i >= len(s) {
		return 0, 0
	}
	return utf8.DecodeRuneInString(s[i:])
}

// Boundary is \b at byte i, for a class of word characters.
func Boundary(s string, i int, word func(rune) bool) bool {
	left, leftSize := Before(s, i)
	right, rightSize := At(s, i)
	return (leftSize > 0 && word(left)) != (rightSize > 0 && word(right))
}

// FoldPrefix is the length of word, in lower-case ASCII, at the beginning of s[i:] in upper or lower case; 0 if it is not
// there. The long ſ is an s, the Kelvin sign a k and, for re alone, dotless and dotted capital i are an i.
func FoldPrefix(s string, i int, word string, re bool) int {
	start := i
	for j := range len(word) {
		r, size := At(s, i)
		same := unicode.ToLower(r) == rune(word[j]) || unicode.ToUpper(r) == rune(word[j]-'a'+'A') && word[j] >= 'a'
		if size == 0 || !same || !re && (r == 'ı' || r == 'İ') {
			return 0
		}
		i += size
	}
	return i - start
}

// SkipSpace is the position of the first byte from i on that is not white space.
func SkipSpace(s string, i int) int { return Skip(s, i, IsSpace) }

// Skip is the first byte from i on whose character does not belong to a class.
func Skip(s string, i int, class func(rune) bool) int {
	for i < len(s) {
		r, size := At(s, i)
		if !class(r) {
			break
		}
		i += size
	}
	return i
}

// TrimRight is str.rstrip.
func TrimRight(s string) string { return strings.TrimRightFunc(s, IsBlank) }
