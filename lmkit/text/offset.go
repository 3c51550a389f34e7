package text

import (
	"unicode/utf8"

	"owlm/lmkit/internal/runes"
)

// Offset is the byte of a text at which its token number n begins, counted from 0; tokens are all that the tokenizer
// made of the text, which must be UTF-8. White space that Words loses belongs to the token before it, and so does a
// character that a token of byte-pair encoding begins within. So the parts of a text that was split by tokens have
// their places in it, and their characters can be counted.
func Offset(t Tokenizer, text string, tokens []string, n int) int {
	switch t := t.(type) {
	case Words:
		return offset(text, tokens[:n], t.Lowercase, true)
	case Characters:
		return offset(text, tokens[:n], t.Lowercase, false)
	}
	at := min(len(t.Join(tokens[:n])), len(text))
	for at < len(text) && !utf8.RuneStart(text[at]) {
		at++
	}
	return at
}

// offset reads the text side by side with tokens that are made of its bytes, in lower case or not; those of words have
// white space between them, and quotation marks of another shape.
func offset(text string, tokens []string, lowercase, words bool) int {
	at := 0
	need := 0 // bytes of tokens that the text up to at lacks; below 0 if a letter became several tokens
	for _, token := range tokens {
		if words {
			at = runes.Skip(text, at, runes.IsBlank)
		}
		if words && (token == "``" || token == "''") && at < len(text) && text[at] == '"' {
			at++
			continue
		}
		for need += len(token); need > 0 && at < len(text); {
			r, size := utf8.DecodeRuneInString(text[at:])
			at += size
			if lowercase {
				size = runes.LowerLen(r)
			}
			need -= size
		}
	}
	if words {
		at = runes.Skip(text, at, runes.IsBlank)
	}
	return at
}
