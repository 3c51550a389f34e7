package treebank

import (
	"strings"

	"owlm/lmkit/internal/runes"
)

// Sentences splits text into sentences as NLTK's sent_tokenize does, with Punkt's English model.
func Sentences(text string) []string {
	var list []string
	all, _, _ := cuts(text)
	for _, s := range realign(text, all) {
		list = append(list, text[s.start:s.end])
	}
	return list
}

// span is the part of a text from byte start up to, and without, byte end.
type span struct{ start, end int }

// ending is a place where a sentence may end.
type ending struct {
	before span // the word that the mark ends, without the mark
	mark   int  // the byte of the mark: a full stop, question mark or exclamation mark
	after  int  // the end of what follows: one character of punctuation, or white space and a token
	next   int  // where that token begins; -1 for punctuation
}

// cuts cuts a text at its sentence ends. The first settled spans, which end before byte rest, stay the same whatever
// follows the text. The spans of text[rest:] do not depend on what comes before it.
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

// settles reports whether the sentence end e separates the text before the next token from the rest, so that neither
// part can change the sentences of the other. For that the token must be whole. One of Punkt's spaces must come before
// it, so that no word before a later mark begins earlier (see endings). And it must not begin with punctuation that
// realign would move into the sentence before.
func (e ending) settles(text string) bool {
	if e.next < 0 || e.after == len(text) || strings.IndexByte(punktSpaces, text[e.next-1]) < 0 {
		return false
	}
	r, _ := runes.At(text, e.next)
	return !strings.ContainsRune(closers, r)
}

// punktSpaces holds the characters by which Punkt finds where the word before a mark begins.
const punktSpaces = " \t\n\r\v\f"

var isPunktSpace, isMark = byteSet(punktSpaces), byteSet(".?!")

// closers holds the quotation marks and brackets that may follow the mark at the end of a sentence.
const closers = "\"')]}‘’“”«»"

// endings lists the places where a sentence may end. If several marks share a word, as in "What?!", the last one
// counts.
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
		// The word begins after the last space since the previous mark.
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

// endingAt returns the ending at a mark, without the word before it. ok is false if the sentence goes on: neither
// punctuation that cannot be part of a word follows, nor white space and a token.
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

// nonWord reports whether a character cannot be part of a word.
func nonWord(r rune) bool { return strings.ContainsRune(`)";}]*:@'({[‘’“”«»?!`, r) }

// realign moves closing punctuation from the beginning of a sentence to the end of the sentence before it, and drops
// empty sentences.
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

// closingPunctuation measures the closing punctuation at the beginning of a sentence: own is its length, all its length
// with the white space after it. Both are 0 unless white space, a double dash or the end of the sentence follows it.
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

// breaks reports whether a sentence ends within context, the words around a mark.
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
