package runes

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lower is Python's str.lower: strings.ToLower, but for the two letters whose lower case depends on
// where they stand or takes two code points.
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
			b.WriteString("i̇")
		default:
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// Unlowered is the byte of s that byte i of lower(s) comes from.
func Unlowered(s string, i int) int {
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
		r, size := Before(s, left)
		if size == 0 {
			return false
		}
		left -= size
		if !CaseIgnorable(r) {
			if !Cased(r) {
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
		if !CaseIgnorable(r) {
			return !Cased(r)
		}
	}
}

func Cased(r rune) bool { return IsUpper(r) || IsLower(r) || unicode.IsTitle(r) }

func CaseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune("'.:·’‘", r)
}
