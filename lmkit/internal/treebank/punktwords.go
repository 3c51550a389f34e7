package treebank

import (
	"strings"
	"unicode/utf8"

	"owlm/lmkit/internal/runes"
)

// punktWords splits a line into words that may end in a full stop, and punctuation.
func punktWords(line string) []string {
	var words []string
	for i := 0; i < len(line); {
		r, size := runes.At(line, i)
		end := i + size
		switch n := multiCharacter(line, i); {
		case runes.IsSpace(r):
			i = end
			continue
		case n > 0:
			end = i + n
		case !strings.ContainsRune("(\"`{[:;&#*@)}]-,", r):
			for !wordEnds(line, end) {
				_, size := runes.At(line, end)
				end += size
			}
		}
		words = append(words, line[i:end])
		i = end
	}
	return words
}

// wordEnds says whether a word that reaches up to byte i ends there.
func wordEnds(line string, i int) bool {
	if plainEnd(line, i) {
		return true
	}
	return line[i] == ',' && plainEnd(line, i+1)
}

func plainEnd(line string, i int) bool {
	r, size := runes.At(line, i)
	return size == 0 || runes.IsSpace(r) || nonWord(r) || multiCharacter(line, i) > 0
}

// multiCharacter is the length of the dash or ellipsis at byte i: two or more hyphens, two or more full stops,
// or three or more full stops with a space between.
func multiCharacter(line string, i int) int {
	if i >= len(line) || (line[i] != '-' && line[i] != '.') {
		return 0
	}
	n := 1
	for i+n < len(line) && line[i+n] == line[i] {
		n++
	}
	if n > 1 {
		return n
	}
	if line[i] == '-' {
		return 0
	}
	return spacedDots(line, i)
}

// spacedDots is the length of ". . ." and longer.
func spacedDots(line string, i int) int {
	pairs, end := 0, i
	for end < len(line) && line[end] == '.' {
		_, size := utf8.DecodeRuneInString(line[end+1:])
		if size == 0 {
			break
		}
		if r, _ := runes.At(line, end+1); !runes.IsSpace(r) {
			break
		}
		pairs++
		end += 1 + size
	}
	if end < len(line) && line[end] == '.' && pairs >= 2 {
		return end + 1 - i
	}
	// Give back the last space: the full stop before it is then the last of the ellipsis.
	if pairs >= 3 {
		return strings.LastIndexByte(line[:end], '.') + 1 - i
	}
	return 0
}
