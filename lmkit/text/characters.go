package text

import (
	"strings"
	"unicode/utf8"
)

// Characters makes every Unicode code point a token. Joining the tokens gives back the text.
type Characters struct {
	// Lowercase puts the text into lower case first.
	Lowercase bool
}

// Tokenize splits text into code points. A byte that is not UTF-8 is a token of its own.
func (c Characters) Tokenize(text string) []string {
	if c.Lowercase {
		text = lower(text)
	}
	tokens := make([]string, 0, utf8.RuneCountInString(text))
	for len(text) > 0 {
		_, size := utf8.DecodeRuneInString(text)
		tokens = append(tokens, text[:size])
		text = text[size:]
	}
	return tokens
}

// Join puts tokens together with nothing between them.
func (Characters) Join(tokens []string) string { return strings.Join(tokens, "") }
