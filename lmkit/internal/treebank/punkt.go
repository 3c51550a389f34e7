package treebank

import (
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/neurosnap/sentences"
	"github.com/neurosnap/sentences/data"

	"owlm/lmkit/internal/runes"
)

// punktModel reads Punkt's English model when it is first needed.
var punktModel = sync.OnceValue(func() *sentences.Storage {
	encoded, err := data.Asset("data/english.json")
	if err == nil {
		var model *sentences.Storage
		if model, err = sentences.LoadTraining(encoded); err == nil {
			return model
		}
	}
	panic("treebank: the Punkt model built into the program is damaged: " + err.Error())
})

// How a word occurred in Punkt's training text: at the beginning, in the middle or at an unknown place of a sentence,
// capitalized or not. The model's file uses these numbers.
const (
	beginUpper = 1 << (iota + 1)
	middleUpper
	unknownUpper
	beginLower
	middleLower
	unknownLower

	anyUpper = beginUpper | middleUpper | unknownUpper
	anyLower = beginLower | middleLower | unknownLower
)

// numberKind is the kind of every number.
const numberKind = "##number##"

// punktToken is a word and Punkt's decisions about it.
type punktToken struct {
	word          string
	kind          string // the word in lower case, or numberKind
	periodFinal   bool
	sentenceBreak bool
	abbreviation  bool
	ellipsis      bool
}

// newPunktToken makes the decisions that depend on the word alone.
func newPunktToken(word string) punktToken {
	t := punktToken{word: word, kind: runes.Lower(word), periodFinal: strings.HasSuffix(word, ".")}
	if isNumber(t.kind) {
		t.kind = numberKind
	}
	switch {
	case word == "." || word == "?" || word == "!":
		t.sentenceBreak = true
	case len(word) > 1 && strings.Trim(word, ".") == "":
		t.ellipsis = true
	case t.periodFinal && !strings.HasSuffix(word, ".."):
		stem := runes.Lower(word[:len(word)-1])
		lastPart := stem[strings.LastIndexByte(stem, '-')+1:]
		t.abbreviation = punktModel().IsAbbr(stem, lastPart)
		t.sentenceBreak = !t.abbreviation
	}
	return t
}

// isNumber reports whether s matches Punkt's ^-?[\.,]?\d[\d,\.-]*\.?$.
func isNumber(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s != "" && (s[0] == '.' || s[0] == ',') {
		s = s[1:]
	}
	r, size := runes.At(s, 0)
	if size == 0 || !runes.IsDigit(r) {
		return false
	}
	outside := func(r rune) bool { return !runes.IsDigit(r) && r != ',' && r != '.' && r != '-' }
	return strings.IndexFunc(s[size:], outside) < 0
}

// kindNoPeriod returns the kind without a full stop at its end.
func (t punktToken) kindNoPeriod() string {
	if utf8.RuneCountInString(t.kind) > 1 {
		return strings.TrimSuffix(t.kind, ".")
	}
	return t.kind
}

// kindNoBreak returns the kind without the full stop that ends a sentence; one that marks an abbreviation stays.
func (t punktToken) kindNoBreak() string {
	if t.sentenceBreak {
		return t.kindNoPeriod()
	}
	return t.kind
}

// isInitial reports whether the word is one letter and a full stop.
func (t punktToken) isInitial() bool {
	r, size := runes.At(t.word, 0)
	return size > 0 && runes.IsWord(r) && !runes.IsDigit(r) && t.word[size:] == "."
}

func (t punktToken) firstUpper() bool {
	r, _ := runes.At(t.word, 0)
	return runes.IsUpper(r)
}

func (t punktToken) firstLower() bool {
	r, _ := runes.At(t.word, 0)
	return runes.IsLower(r)
}

// decide revises the decisions about a word with a full stop by looking at the next word (Kiss & Strunk 2006, section
// 4).
func (t *punktToken) decide(next punktToken) {
	if !t.periodFinal {
		return
	}
	kind, nextKind := t.kindNoPeriod(), next.kindNoBreak()
	if punktModel().Collocations.Has(kind + "," + nextKind) {
		t.sentenceBreak, t.abbreviation = false, true
		return
	}
	starts := next.startsSentence()
	if (t.abbreviation || t.ellipsis) && !t.isInitial() {
		if starts == yes || next.firstUpper() && punktModel().SentStarters.Has(nextKind) {
			t.sentenceBreak = true
			return
		}
	}
	if !t.isInitial() && kind != numberKind {
		return
	}
	neverLower := punktModel().OrthoContext[nextKind]&anyLower == 0
	if starts == no || starts == unsure && t.isInitial() && next.firstUpper() && neverLower {
		t.sentenceBreak, t.abbreviation = false, true
	}
}

// answer says whether a word begins a sentence, as far as its spelling shows.
type answer int

const (
	unsure answer = iota
	yes
	no
)

// startsSentence is Punkt's orthographic heuristic: it compares the word's first letter with how the word was spelled
// in the training text, at the beginning of sentences and within them.
func (t punktToken) startsSentence() answer {
	if len(t.word) == 1 && strings.Contains(";:,.!?", t.word) {
		return no
	}
	seen := punktModel().OrthoContext[t.kindNoBreak()]
	switch {
	case t.firstUpper() && seen&anyLower != 0 && seen&middleUpper == 0:
		return yes
	case t.firstLower() && (seen&anyUpper != 0 || seen&beginLower == 0):
		return no
	}
	return unsure
}
