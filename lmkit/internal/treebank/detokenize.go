package treebank

import (
	"regexp"
	"strings"

	"owlm/lmkit/internal/runes"
)

// Detokenize joins words the way people write them, with no space before punctuation, inside quotation marks or within
// contractions. It follows NLTK's TreebankWordDetokenizer rule by rule. It cannot restore the white space that
// splitting the text into words lost.
func Detokenize(tokens []string) string {
	s := joinContractions(" " + strings.Join(tokens, " ") + " ")
	s = applyAll(closingUp, s)
	s = strings.TrimFunc(s, runes.IsBlank)
	s = applyAll(closingUpInside, s)
	return strings.TrimFunc(s, runes.IsBlank)
}

// rule is one replacement in a text.
type rule func(s string) string

func applyAll(rules []rule, s string) string {
	for _, r := range rules {
		s = r(s)
	}
	return s
}

// space is \s of Python's regex, to be used inside a character class. Go's \s matches ASCII only.
const space = `\t-\r\p{Z}\x{85}`

// newRule returns a rule that replaces pattern by with. In pattern, \s outside a character class is Python's.
func newRule(pattern, with string) rule {
	compiled := regexp.MustCompile(strings.ReplaceAll(pattern, `\s`, "["+space+"]"))
	return func(s string) string { return compiled.ReplaceAllString(s, with) }
}

// closingUp holds the rules for closing quotation marks (ENDING_QUOTES). They need a space at both ends of the text.
var closingUp = []rule{
	newRule(`([^' ])\s('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) `, "$1$2 "),
	newRule(`([^' ])\s('[sS]|'[mM]|'[dD]|') `, "$1$2 "),
	newRule(`([^'`+space+`])\s('')`, "$1$2"),
	newRule(`([,.;:!?'])\s+("|'')`, "$1$2"),
	newRule(`('')\s([.,:)\]>};%])`, "$1$2"),
	newRule(`''`, `"`),
	newRule(`([,.;:!?])"(')`, `$1$2"`),
}

// closingUpInside holds the rules for dashes, brackets, punctuation and opening quotation marks, in that order.
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

// closeFullStop removes the space before a full stop that no other full stop follows. In Python it is
// ([^\.])\s(\.)(?!\.)([\]\)}>"\']*), which Go cannot express.
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
