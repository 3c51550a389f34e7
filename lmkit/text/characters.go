package text

import (
	"strings"
	"unicode/utf8"

	"owlm/lmkit/internal/runes"
)

// Characters makes every Unicode code point a token. Joining the tokens gives the text back.
type Characters struct {
	// Lowercase puts the text into lower case first.
	Lowercase bool
}

// Tokenize splits text into code points. Each byte that is not UTF-8 is a token of its own.
func (c Characters) Tokenize(text string) []string {
	if c.Lowercase {
		text = runes.Lower(text)
	}
	return appendCharacters(make([]string, 0, utf8.RuneCountInString(text)), text)
}

func appendCharacters(tokens []string, text string) []string {
	for len(text) > 0 {
		_, size := utf8.DecodeRuneInString(text)
		tokens = append(tokens, text[:size])
		text = text[size:]
	}
	return tokens
}

// beginning implements streamer. It leaves a character that is cut off at the end of the block. In lower case, it also
// leaves the word at the end, since the lower case of its letters may depend on what follows.
func (c Characters) beginning(tokens []string, block string, last bool) ([]string, int) {
	end := len(block)
	for !last && end > 0 {
		r, size := runes.Before(block, end)
		cutOff := r == utf8.RuneError && size == 1 && end > len(block)-utf8.UTFMax
		inWord := runes.IsCased(r) || runes.IsCaseIgnorable(r)
		if !cutOff && !(c.Lowercase && inWord) {
			break
		}
		end -= size
	}
	text := block[:end]
	if c.Lowercase {
		text = runes.Lower(text)
	}
	return appendCharacters(tokens, text), end
}

// Join joins tokens with nothing between them.
func (Characters) Join(tokens []string) string { return strings.Join(tokens, "") }
