package runes

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// dottedI is the lower case of İ (U+0130), the one letter whose lower case has two code points.
const dottedI = "i\u0307"

// Lower is Python's str.lower. It differs from strings.ToLower in two letters: the lower case of Σ depends on where it
// stands in its word, and that of İ has two code points.
func Lower(s string) string {
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
			b.WriteString(dottedI)
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// LowerLen returns how many bytes of Lower's result come from r. (σ and ς have the same length.)
func LowerLen(r rune) int {
	if r == 'İ' {
		return len(dottedI)
	}
	return utf8.RuneLen(unicode.ToLower(r))
}

// Unlowered returns the offset in s of the character that byte i of Lower(s) comes from, len(s) if i is its end.
func Unlowered(s string, i int) int {
	for at, r := range s {
		if i <= 0 {
			return at
		}
		i -= LowerLen(r)
	}
	return len(s)
}

// finalSigma reports whether the sigma at byte i ends a word: a cased letter comes before it and none follows, where
// marks, apostrophes and other case-ignorable characters in between do not count (Unicode Standard, table 3-17).
func finalSigma(s string, i int) bool {
	for left := i; ; {
		r, size := Before(s, left)
		if size == 0 {
			return false
		}
		left -= size
		if !IsCaseIgnorable(r) {
			if !IsCased(r) {
				return false
			}
			break
		}
	}
	for right := i + len("Σ"); ; {
		r, size := At(s, right)
		if size == 0 {
			return true
		}
		right += size
		if !IsCaseIgnorable(r) {
			return !IsCased(r)
		}
	}
}

// IsCased reports whether r has Unicode's property IsCased: upper, lower or title case.
func IsCased(r rune) bool { return IsUpper(r) || IsLower(r) || unicode.IsTitle(r) }

// IsCaseIgnorable reports whether r has Unicode's property Case_Ignorable: marks, format characters, modifier letters
// and symbols, and the punctuation that stands within words (Word_Break MidLetter, MidNumLet and Single_Quote).
func IsCaseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) ||
		strings.ContainsRune("'.:·‘’\u0387\u055f\u05f4\u2024\u2027\ufe13\ufe52\ufe55\uff07\uff0e\uff1a", r)
}
