package treebank

import (
	"strings"

	"owlm/lmkit/internal/runes"
)

// punktWords splits a line the way Punkt does: into words, which keep a full stop at their end, and punctuation.
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

// wordEnds reports whether a word that reaches to byte i ends there. A comma belongs to the word unless the word would
// end after it anyway.
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

// multiCharacter returns the length of the dash or ellipsis at byte i: two or more hyphens, two or more full stops, or
// three or more full stops with a space between each. It returns 0 if there is none.
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

// spacedDots returns the length of the ellipsis with spaces at byte i, ". . ." or longer; 0 if there is none.
func spacedDots(line string, i int) int {
	pairs, end := 0, i
	for end < len(line) && line[end] == '.' {
		r, size := runes.At(line, end+1)
		if size == 0 || !runes.IsSpace(r) {
			break
		}
		pairs++
		end += 1 + size
	}
	if end < len(line) && line[end] == '.' && pairs >= 2 {
		return end + 1 - i
	}
	// Without a full stop after the last space, the one before that space ends the ellipsis.
	if pairs >= 3 {
		return strings.LastIndexByte(line[:end], '.') + 1 - i
	}
	return 0
}
