package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// The character classes of Python's regular expressions, which differ from Go's.

// isSpace is \s: white space, and the four information separators.
func isSpace(r rune) bool { return unicode.IsSpace(r) || (r >= 0x1c && r <= 0x1f) }

// isWord is \w: letters, numbers of all kinds and the underscore.
func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsNumber(r) }

// isDigit is \d: decimal digits.
func isDigit(r rune) bool { return unicode.Is(unicode.Nd, r) }

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

// wordBoundary is \b at byte i.
func wordBoundary(s string, i int) bool {
	left, leftSize := before(s, i)
	right, rightSize := at(s, i)
	return (leftSize > 0 && isWord(left)) != (rightSize > 0 && isWord(right))
}

// skipSpace is the position of the first byte from i on that is not white space.
func skipSpace(s string, i int) int {
	for i < len(s) {
		r, size := at(s, i)
		if !isSpace(r) {
			break
		}
		i += size
	}
	return i
}

// trimRight cuts white space off the end.
func trimRight(s string) string { return strings.TrimRightFunc(s, isSpace) }

// lower is Python's str.lower: strings.ToLower, but for the two letters whose lower case depends on
// where they stand or takes two code points.
func lower(s string) string {
	if !strings.ContainsAny(s, "Σİ") {
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

func cased(r rune) bool { return unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r) }

func caseIgnorable(r rune) bool {
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm, unicode.Sk) || strings.ContainsRune("'.:·’‘", r)
}
