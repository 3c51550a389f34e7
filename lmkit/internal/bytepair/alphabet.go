package bytepair

import (
	"slices"
	"strings"
)

// symbols is GPT-2's alphabet. It writes each byte as one printable character, so that a token is a string even where
// it is only a part of a character. Printable bytes of Latin-1 stand for themselves; the others are, in order, U+0100
// and on: a space is Ġ, a line feed Ċ. symbolBytes maps a symbol back to its byte.
var symbols, symbolBytes = alphabet()

func alphabet() (symbols [256]string, symbolBytes map[rune]byte) {
	symbolBytes = make(map[rune]byte, len(symbols))
	shifted := rune(0x100)
	for b := range len(symbols) {
		symbol := rune(b)
		if !(b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae) {
			symbol = shifted
			shifted++
		}
		symbols[b], symbolBytes[symbol] = string(symbol), byte(b)
	}
	return symbols, symbolBytes
}

// sortedSymbols returns the symbols of all bytes in the order of their code points, which is the order of their ids.
func sortedSymbols() []string { return slices.Sorted(slices.Values(symbols[:])) }

// bytesOf returns the text that a token stands for. ok is false if the token has a character that is no symbol.
func bytesOf(token string) (content string, ok bool) {
	var b strings.Builder
	b.Grow(len(token))
	for _, r := range token {
		value, ok := symbolBytes[r]
		if !ok {
			return "", false
		}
		b.WriteByte(value)
	}
	return b.String(), true
}
