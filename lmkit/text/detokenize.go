package text

import (
	"regexp"
	"strings"
)

// Detokenize joins words as people write them: punctuation, quotation marks and contractions closed up. It follows
// NLTK's TreebankWordDetokenizer, rule by rule; white space that Words lost is not brought back.
func Detokenize(tokens []string) string {
	s := " " + strings.Join(tokens, " ") + " "
	for _, r := range closingUp {
		s = r.replace(s)
	}
	s = strings.TrimFunc(s, isSpace)
	for _, r := range closingUpInside {
		s = r.replace(s)
	}
	return strings.TrimFunc(s, isSpace)
}

// rule is a replacement by regular expression.
type rule struct {
	pattern *regexp.Regexp
	with    string
}

func (r rule) replace(s string) string { return r.pattern.ReplaceAllString(s, r.with) }

// space is Python's \s as the inside of a character class; Go's knows ASCII only.
const space = `\t-\r\p{Z}\x{85}\x{1c}-\x{1f}`

func newRule(pattern, with string) rule {
	pattern = strings.ReplaceAll(pattern, `\s`, "["+space+"]")
	return rule{regexp.MustCompile(pattern), with}
}

// closingUp are the rules for contractions and closing quotation marks, applied with a space at both ends.
var closingUp = []rule{
	newRule(`(?i) ('t)\s(is)\b`, "$1$2"), newRule(`(?i) ('t)\s(was)\b`, "$1$2"),
	newRule(`(?i)\b(can)\s(not)\b`, "$1$2"), newRule(`(?i)\b(d)\s('ye)\b`, "$1$2"), newRule(`(?i)\b(gim)\s(me)\b`, "$1$2"),
	newRule(`(?i)\b(gon)\s(na)\b`, "$1$2"), newRule(`(?i)\b(got)\s(ta)\b`, "$1$2"), newRule(`(?i)\b(lem)\s(me)\b`, "$1$2"),
	newRule(`(?i)\b(more)\s('n)\b`, "$1$2"), newRule(`(?i)\b(wan)\s(na)(\s)`, "$1$2$3"),
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
	// A full stop that no other follows.
	newRule(`([^.])\s(\.)([\])}>"']*)([^.\])}>"']|$)`, "$1$2$3$4"),
	newRule(`([#$])\s`, "$1"), newRule(`\s([;%])`, "$1"),
	newRule(`\s\.\.\.\s`, "..."),
	newRule(`\s([:,])`, "$1"),
	newRule("([ (\\[{<])\\s``", "$1``"), newRule("(``)\\s", "$1"), newRule("``", `"`),
}
