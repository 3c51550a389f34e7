package bytepair

import (
	"io"
	"unicode/utf8"
)

// pretoken returns the length in bytes of the first pre-token of s, which must not be empty. A pre-token is what
// GPT-2's pattern matches:
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// If a text is cut after a pre-token, its two parts have the same pre-tokens as the whole. White space is the
// exception: how much of it is a pre-token depends on what follows.
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
	// The last of several spaces begins the next pre-token.
	if kind == spaceClass && end < len(s) && last > 0 {
		return last
	}
	return end
}

// suffix returns the length of the English suffix, such as 's or 'll, at the beginning of s, which begins with an
// apostrophe; 0 if there is none.
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

// lookahead is how many bytes after a pre-token may decide where it ends: the last of several spaces, and the character
// after it.
const lookahead = 2 * utf8.UTFMax

// eachPretoken reads a text and calls emit with each of its pre-tokens, which emit must not keep. It holds about a
// megabyte of the text in memory, more if a pre-token is longer.
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
		if len(held) >= len(buffer) { // read more at once, so that a long pre-token is not scanned again and again
			buffer = make([]byte, 2*len(buffer))
		}
	}
}

// Divides reports whether a text may be cut between two characters: a pre-token ends there whatever is around them, and
// the text after it has the same pre-tokens when it stands alone. It returns false after white space, which may belong
// to the next pre-token, and after an apostrophe, which may begin a suffix.
func Divides(previous, next rune) bool {
	kind := classOf(previous)
	return kind != spaceClass && previous != '\'' && classOf(next) != kind
}
