// Package runes has the character classes and the lower-casing that NLTK's rules rely on. They are Python's, and differ
// from Go's in places that show in real text.
//
// NLTK runs most of its patterns with the package regex, and those that split contractions with the standard library's
// re. It also cuts white space with str.split and str.strip. These do not agree on what a space, a word character or a
// case-insensitive match is, so each class here says whose it is. Lower is str.lower.
//
// The functions that walk a string take a byte offset, and accept the two ends of the string: there is no rune before
// the first byte or at the end, and they return size 0.
//
// The package imports the standard library only. Packages treebank and text use it.
package runes

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// IsSpace reports whether r is \s in regex: white space as Unicode defines it.
func IsSpace(r rune) bool { return unicode.IsSpace(r) }

// IsBlank reports whether r is \s in re, which is also where str.split cuts: white space and the four information
// separators, U+001C to U+001F.
func IsBlank(r rune) bool { return unicode.IsSpace(r) || (r >= 0x1c && r <= 0x1f) }

// IsWord reports whether r is \w in regex: letters and whatever else Unicode calls alphabetic, marks, decimal digits,
// connecting punctuation such as the underscore, and the two joiners.
func IsWord(r rune) bool {
	if r < 0x80 {
		return IsAlphanumeric(r)
	}
	return unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc, unicode.Other_Alphabetic,
		unicode.Join_Control)
}

// IsAlphanumeric reports whether r is \w in re: letters, numbers of every kind and the underscore.
func IsAlphanumeric(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// IsUpper is Python's str.isupper for one character.
func IsUpper(r rune) bool { return unicode.IsUpper(r) || unicode.Is(unicode.Other_Uppercase, r) }

// IsLower is Python's str.islower for one character.
func IsLower(r rune) bool { return unicode.IsLower(r) || unicode.Is(unicode.Other_Lowercase, r) }

// IsDigit reports whether r is \d, in re and in regex: a decimal digit of any script.
func IsDigit(r rune) bool { return unicode.Is(unicode.Nd, r) }

// Before returns the rune that ends at byte i and its size, which is 0 at the beginning of s.
func Before(s string, i int) (rune, int) {
	if i == 0 {
		return 0, 0
	}
	return utf8.DecodeLastRuneInString(s[:i])
}

// At returns the rune that begins at byte i and its size, which is 0 at the end of s.
func At(s string, i int) (rune, int) {
	if i >= len(s) {
		return 0, 0
	}
	return utf8.DecodeRuneInString(s[i:])
}

// Boundary reports whether \b matches at byte i, for a class of word characters: IsWord for regex, IsAlphanumeric for
// re.
func Boundary(s string, i int, word func(rune) bool) bool {
	left, leftSize := Before(s, i)
	right, rightSize := At(s, i)
	return (leftSize > 0 && word(left)) != (rightSize > 0 && word(right))
}

// FoldPrefix returns how many bytes of s[i:] match word, ignoring case; 0 if s[i:] does not begin with it. word is
// ASCII in lower case.
//
// As in Python, the long s (U+017F) matches s and the Kelvin sign (U+212A) matches k. With re, the dotless and the
// dotted i (U+0131 and U+0130) match i as well; in regex they do not.
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

// SkipSpace returns the offset of the first byte from i on that is not white space, len(s) if all of it is.
func SkipSpace(s string, i int) int { return Skip(s, i, IsSpace) }

// Skip returns the offset of the first character from byte i on that is not in class, len(s) if all of them are.
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

// TrimRight is Python's str.rstrip.
func TrimRight(s string) string { return strings.TrimRightFunc(s, IsBlank) }
