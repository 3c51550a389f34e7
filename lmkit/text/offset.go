package text

import (
	"unicode/utf8"

	"owlm/lmkit/internal/runes"
)

// Offset returns the byte of text at which token n begins, counting tokens from 0; for n = len(tokens), where the last
// one ends. tokens must be all the tokens that t makes of text, which must be UTF-8.
//
// White space that Words drops counts as part of the token before it. If a token of a BPE begins inside a character,
// the whole character counts as part of the token before it. So a text that was split between two tokens can be split
// at a byte, and the characters of its parts can be counted. For a tokenizer of another package, Offset goes by the
// length of the first n tokens joined.
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

// offset returns where the text after tokens begins. It reads the text alongside the tokens, which are made of the
// text's bytes, in lower case or not. Those of Words have white space between them, and straight double quotation marks
// are two other characters.
func offset(text string, tokens []string, lowercase, words bool) int {
	at := 0
	need := 0 // bytes of the tokens that are not in text[:at] yet; negative if one letter became several tokens
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
