package treebank

import (
	"strings"

	"owlm/lmkit/internal/runes"
)

// Sentences splits text into sentences as NLTK's sent_tokenize does. The boundaries are those of Punkt
// (nltk/tokenize/punkt.py), with the English model that comes with neurosnap/sentences.
func Sentences(text string) []string {
	var list []string
	all, _, _ := cuts(text)
	for _, s := range realign(text, all) {
		list = append(list, text[s.start:s.end])
	}
	return list
}

// span is a part of a text, from byte start up to byte end.
type span struct{ start, end int }

// ending is a place where a sentence might end: behind the mark, a full stop, question or exclamation
// mark at byte mark. before is the word that the mark ends, after is what follows: one character of
// punctuation, or white space and a token, which begins at next; next is -1 for punctuation.
type ending struct {
	before      span
	mark        int
	after, next int
}

// cuts cuts a text at its sentence ends. The first settled of the spans, which are those before byte rest, stay what
// they are whatever follows the text, and those of text[rest:] do not depend on what comes before it.
func cuts(text string) (list []span, settled, rest int) {
	start := 0
	for _, e := range endings(text) {
		if !breaks(text[e.before.start:e.after]) {
			continue
		}
		list = append(list, span{start, e.mark + 1})
		start = e.mark + 1
		if e.next >= 0 {
			start = e.next
		}
		if e.settles(text) {
			settled, rest = len(list), e.next
		}
	}
	return append(list, span{start, max(start, len(runes.TrimRight(text)))}), settled, rest
}

// settles says whether a sentence end separates a text. The token behind it is whole. As it stands behind one of
// Punkt's spaces, no word before a later mark reaches back beyond it (see endings). And it does not begin with
// punctuation that realign would move.
func (e ending) settles(text string) bool {
	if e.next < 0 || e.after == len(text) || strings.IndexByte(punktSpaces, text[e.next-1]) < 0 {
		return false
	}
	r, _ := runes.At(text, e.next)
	return !strings.ContainsRune(closers, r)
}

// punktSpaces are the characters that Punkt looks for to find where a word begins.
const punktSpaces = " \t\n\r\v\f"

var isPunktSpace, isMark = bytesOfSet(punktSpaces), bytesOfSet(".?!")

// closers are the characters that close what a sentence is in.
const closers = "\"')]}‘’“”«»"

// endings lists the places where a sentence might end. Of several that share a word, the last counts.
func endings(text string) []ending {
	var list []ending
	var last ending
	found := false
	for i := 0; i < len(text); i++ {
		if !isMark[text[i]] {
			continue
		}
		e, ok := endingAt(text, i)
		if !ok {
			continue
		}
		// The word before the mark begins behind the last space since the mark before.
		e.before = span{last.before.end, i}
		if space := strings.LastIndexAny(text[last.before.end:i], punktSpaces); space > 0 {
			e.before.start = last.before.end + space + 1
		} else {
			e.before.start = last.before.start
		}
		if found && last.before.end <= e.before.start {
			list = append(list, last)
		}
		last, found = e, true
	}
	if found {
		list = append(list, last)
	}
	return list
}

// endingAt looks at what follows a mark: punctuation that cannot be within a word, or white space and a token.
func endingAt(text string, mark int) (e ending, ok bool) {
	r, size := runes.At(text, mark+1)
	if size == 0 {
		return e, false
	}
	if nonWord(r) {
		return ending{mark: mark, after: mark + 1 + size, next: -1}, true
	}
	next := runes.SkipSpace(text, mark+1)
	if next == mark+1 || next == len(text) {
		return e, false
	}
	end := strings.IndexFunc(text[next:], runes.IsSpace)
	if end < 0 {
		end = len(text) - next
	}
	return ending{mark: mark, after: next + end, next: next}, true
}

// nonWord says whether a character cannot be part of a word.
func nonWord(r rune) bool { return strings.ContainsRune(`)";}]*:@'({[‘’“”«»?!`, r) }

// realign moves closing punctuation at the beginning of a sentence to the end of the sentence before it.
func realign(text string, list []span) []span {
	var sentences []span
	moved := 0
	for i, s := range list {
		s.start += moved
		moved = 0
		if i+1 < len(list) {
			own, all := closingPunctuation(text[list[i+1].start:list[i+1].end])
			if all > 0 {
				sentences = append(sentences, span{s.start, list[i+1].start + own})
				moved = all
				continue
			}
		}
		if s.start < s.end {
			sentences = append(sentences, s)
		}
	}
	return sentences
}

// closingPunctuation measures the closing punctuation that a sentence begins with, if white space, a
// double dash or the end of the line follows it: its own length, and that with the white space.
func closingPunctuation(s string) (own, all int) {
	for i := 0; i < len(s); {
		r, size := runes.At(s, i)
		if !strings.ContainsRune(closers, r) {
			break
		}
		i += size
		if end := runes.SkipSpace(s, i); end > i || i == len(s) || strings.HasPrefix(s[i:], "--") {
			return i, end
		}
	}
	return 0, 0
}

// breaks says whether a sentence ends within the words around a mark.
func breaks(context string) bool {
	var tokens []punktToken
	for _, line := range strings.Split(context, "\n") {
		if runes.TrimRight(line) == "" {
			continue
		}
		for _, word := range punktWords(line) {
			tokens = append(tokens, newPunktToken(word))
		}
	}
	for i := range tokens[:max(0, len(tokens)-1)] {
		tokens[i].decide(tokens[i+1])
		if tokens[i].sentenceBreak {
			return true
		}
	}
	return false
}
