package bytepair

import (
	"io"
	"unicode"
	"unicode/utf8"
)

// pretoken is the length in bytes of the pre-token that a text, which is not empty, begins with: the stretch that
// byte-pair encoding never merges beyond. It is what GPT-2's pattern matches,
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// A text that is cut behind a pre-token, but not behind white space, has the same pre-tokens in its two parts.
func pretoken(s string) int {
	if s[0] == '\'' {
		if n := suffix(s); n > 0 {
			return n
		}
	}
	start := 0
	kind, size := classAt(s)
	if s[0] == ' ' && len(s) > 1 {
		if next, nextSize := classAt(s[1:]); next != spaceClass {
			start, kind, size = 1, next, nextSize
		}
	}
	end, last := start+size, start
	for end < len(s) {
		next, size := classAt(s[end:])
		if next != kind {
			break
		}
		last = end
		end += size
	}
	// The last of several spaces belongs to what follows.
	if kind == spaceClass && end < len(s) && last > 0 {
		return last
	}
	return end
}

// suffix is the length of the English suffix that a text, which begins with an apostrophe, begins with; 0 for none.
func suffix(s string) int {
	if len(s) < 2 {
		return 0
	}
	switch s[1] {
	case 's', 't', 'm', 'd':
		return 2
	}
	if len(s) > 2 {
		switch s[1:3] {
		case "re", "ve", "ll":
			return 3
		}
	}
	return 0
}

// lookahead is how many bytes behind a pre-token may decide where it ends: the last of several spaces, and the
// character behind that.
const lookahead = 2 * utf8.UTFMax

// eachPretoken reads a text and hands out its pre-tokens, which do not outlive the call. It holds a stretch of a
// megabyte in memory, or the longest pre-token.
func eachPretoken(r io.Reader, emit func(string)) error {
	buffer, held := make([]byte, 1<<20), ""
	for {
		n, err := io.ReadFull(r, buffer)
		atEnd := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !atEnd {
			return err
		}
		held += string(buffer[:n])
		for held != "" {
			n := pretoken(held)
			if !atEnd && n+lookahead > len(held) {
				break
			}
			emit(held[:n])
			held = held[n:]
		}
		if atEnd {
			return nil
		}
		if len(held) >= len(buffer) { // read more at once, not to scan a long pre-token again and again
			buffer = make([]byte, 2*len(buffer))
		}
	}
}

// class is what GPT-2's pattern tells characters apart by.
type class byte

const (
	otherClass class = iota
	letterClass
	numberClass
	spaceClass
)

var asciiClasses = func() (classes [utf8.RuneSelf]class) {
	for r := range classes {
		classes[r] = classOf(rune(r))
	}
	return classes
}()

// classAt is the class of the first character of a text, and its length. A byte that is not UTF-8 is no letter,
// number or space.
func classAt(s string) (class, int) {
	if s[0] < utf8.RuneSelf {
		return asciiClasses[s[0]], 1
	}
	r, size := utf8.DecodeRuneInString(s)
	return classOf(r), size
}

func classOf(r rune) class {
	switch {
	case unicode.IsLetter(r) || unicode.Is(newLetters, r):
		return letterClass
	case unicode.IsNumber(r) || unicode.Is(newNumbers, r):
		return numberClass
	case unicode.IsSpace(r):
		return spaceClass
	}
	return otherClass
}

// The letters and numbers of Unicode 15.1 and 16, which Hugging Face's library knows and the Unicode 15 of
// Go 1.26 does not. A test holds classOf, for every code point, against that library.
var (
	newLetters = &unicode.RangeTable{
		R16: []unicode.Range16{{Lo: 0x1c89, Hi: 0x1c8a, Stride: 1}, {Lo: 0xa7cb, Hi: 0xa7cd, Stride: 1}, {Lo: 0xa7da, Hi: 0xa7dc, Stride: 1}},
		R32: []unicode.Range32{
			{Lo: 0x105c0, Hi: 0x105f3, Stride: 1}, {Lo: 0x10d4a, Hi: 0x10d65, Stride: 1}, {Lo: 0x10d6f, Hi: 0x10d85, Stride: 1},
			{Lo: 0x10ec2, Hi: 0x10ec4, Stride: 1}, {Lo: 0x11380, Hi: 0x11389, Stride: 1}, {Lo: 0x1138b, Hi: 0x1138e, Stride: 3},
			{Lo: 0x11390, Hi: 0x113b5, Stride: 1}, {Lo: 0x113b7, Hi: 0x113d1, Stride: 0x1a}, {Lo: 0x113d3, Hi: 0x113d3, Stride: 1},
			{Lo: 0x11bc0, Hi: 0x11be0, Stride: 1}, {Lo: 0x13460, Hi: 0x143fa, Stride: 1}, {Lo: 0x16100, Hi: 0x1611d, Stride: 1},
			{Lo: 0x16d40, Hi: 0x16d6c, Stride: 1}, {Lo: 0x18cff, Hi: 0x18cff, Stride: 1}, {Lo: 0x1e5d0, Hi: 0x1e5ed, Stride: 1},
			{Lo: 0x1e5f0, Hi: 0x1e5f0, Stride: 1}, {Lo: 0x2ebf0, Hi: 0x2ee5d, Stride: 1},
		},
	}
	newNumbers = &unicode.RangeTable{
		R32: []unicode.Range32{
			{Lo: 0x10d40, Hi: 0x10d49, Stride: 1}, {Lo: 0x116d0, Hi: 0x116e3, Stride: 1}, {Lo: 0x11bf0, Hi: 0x11bf9, Stride: 1},
			{Lo: 0x16130, Hi: 0x16139, Stride: 1}, {Lo: 0x16d70, Hi: 0x16d79, Stride: 1}, {Lo: 0x1ccf0, Hi: 0x1ccf9, Stride: 1},
			{Lo: 0x1e5f1, Hi: 0x1e5fa, Stride: 1},
		},
	}
)

// Divides says that a pre-token ends between two characters, whatever is around them, and that what follows has the
// pre-tokens that it would have by itself. It is not said behind white space, which may belong to what follows, nor behind
// an apostrophe, which may begin a suffix.
func Divides(previous, next rune) bool {
	kind := classOf(previous)
	return kind != spaceClass && previous != '\'' && classOf(next) != kind
}
