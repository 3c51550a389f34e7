package treebank

import (
	"regexp"
	"strings"

	"owlm/lmkit/internal/runes"
)

// Detokenize joins words as people write them: punctuation, quotation marks and contractions closed up. It follows
// NLTK's TreebankWordDetokenizer, rule by rule; white space that Words lost is not brought back.
func Detokenize(tokens []string) string {
	s := closeContractions(" " + strings.Join(tokens, " ") + " ")
	s = applyAll(closingUp, s)
	s = strings.TrimFunc(s, runes.IsBlank)
	s = applyAll(closingUpInside, s)
	return strings.TrimFunc(s, runes.IsBlank)
}

// rule changes a text.
type rule func(s string) string

func applyAll(rules []rule, s string) string {
	for _, r := range rules {
		s = r(s)
	}
	return s
}

// space is \s of Python's regex as the inside of a character class; Go's knows ASCII only.
const space = `\t-\r\p{Z}\x{85}`

// newRule is a replacement by regular expression.
func newRule(pattern, with string) rule {
	compiled := regexp.MustCompile(strings.ReplaceAll(pattern, `\s`, "["+space+"]"))
	return func(s string) string { return compiled.ReplaceAllString(s, with) }
}

// closingUp are the rules for closing quotation marks, applied with a space at both ends.
var closingUp = []rule{
	newRule(`([^' ])\s('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) `, "$1$2 "),
	newRule(`([^' ])\s('[sS]|'[mM]|'[dD]|') `, "$1$2 "),
	newRule(`([^'`+space+`])\s('')`, "$1$2"),
	newRule(`([,.;:!?'])\s+("|'')`, "$1$2"),
	newRule(`('')\s([.,:)\]>};%])`, "$1$2"),
	newRule(`''`, `"`),
	newRule(`([,.;:!?])"(')`, `$1$2"`),
}

// closingUpInside are the rules for dashes, brackets, punctuation and opening quotation marks.
var closingUpInside = []rule{
	newRule(` -- `, "--"),
	newRule(`([\[({<])\s`, "$1"), newRule(`\s([\])}>])`, "$1"), newRule(`([\])}>])\s([:;,.])`, "$1$2"),
	newRule(`([^'])\s'\s`, "$1' "),
	newRule(`\s([?!])`, "$1"),
	closeFullStop,
	newRule(`([#$])\s`, "$1"), newRule(`\s([;%])`, "$1"),
	newRule(`\s\.\.\.\s`, "..."),
	newRule(`\s([:,])`, "$1"),
	newRule("([ (\\[{<])\\s``", "$1``"), newRule("(``)\\s", "$1"), newRule("``", `"`),
}

// closeFullStop takes away the space before a full stop that no other follows: Python's ([^.])\s(\.)(?!\.)([])}>"']*).
func closeFullStop(s string) string {
	var b strings.Builder
	done := 0
	for i := 0; i < len(s); {
		r, size := runes.At(s, i)
		space, spaceSize := runes.At(s, i+size)
		stop := i + size + spaceSize
		if r == '.' || !runes.IsSpace(space) || stop >= len(s) || s[stop] != '.' || strings.HasPrefix(s[stop+1:], ".") {
			i += size
			continue
		}
		b.WriteString(s[done : i+size])
		done = stop
		for i = stop + 1; i < len(s) && strings.IndexByte("])}>\"'", s[i]) >= 0; {
			i++
		}
	}
	return b.String() + s[done:]
}
