package dataset

import (
	"fmt"

	"owlm/lmkit/text"
)

// Part is a part of a text as token ids: one piece, or documents that are kept apart.
type Part struct {
	IDs text.IDs
	// Vocabulary is what the ids are indices of.
	Vocabulary *text.Vocabulary
	// Starts are the positions at which documents begin, the first of them 0; nil for one text.
	Starts []int
	PartSize
}

// PartSize is the size of a part.
type PartSize struct {
	Tokens int
	// Characters is the number of code points that the tokens were made from. White space after a token counts with it.
	Characters int
	// Unknown is the number of tokens that the vocabulary lacks. They have the id of the token for unknown ones.
	Unknown int
}

// Source returns the part as a source that a model can be evaluated on.
func (p Part) Source(name string) text.Source {
	return text.Source{Name: name, Tokens: &text.Tokens{
		IDs: p.IDs, Vocabulary: p.Vocabulary, Starts: p.Starts, Characters: p.Characters, Unknown: p.Unknown,
	}}
}

// Documents returns the ids of each document of the part. One text is one document.
func (p Part) Documents() []text.IDs {
	if p.Starts == nil {
		return []text.IDs{p.IDs}
	}
	list := make([]text.IDs, len(p.Starts))
	for i, start := range p.Starts {
		list[i] = Stretch(p.IDs, start, p.end(i))
	}
	return list
}

// end returns the position at which a document ends.
func (p Part) end(document int) int {
	if document+1 < len(p.Starts) {
		return p.Starts[document+1]
	}
	return p.IDs.Len()
}

// Predictions returns the number of tokens that can be predicted: all but the first of each document.
func (p Part) Predictions() int {
	if p.Starts == nil {
		return max(0, p.Tokens-1)
	}
	count := 0
	for i, start := range p.Starts {
		count += max(0, p.end(i)-start-1)
	}
	return count
}

// Check returns an error if the part has nothing to predict.
func (p Part) Check() error {
	if p.Predictions() > 0 {
		return nil
	}
	if p.Starts != nil {
		return fmt.Errorf("none of the %d documents has the 2 tokens that a prediction needs", len(p.Starts))
	}
	return fmt.Errorf("the text has %d tokens, and evaluation needs at least 2", p.Tokens)
}

// Cut returns a stretch of each document: the tokens from position from up to position to, or up to the end if to is
// negative. Characters and Unknown of the result are 0.
func (p Part) Cut(from, to int) Part {
	cut := Part{Vocabulary: p.Vocabulary}
	stretchOf := func(document text.IDs) text.IDs {
		end := document.Len()
		if to >= 0 {
			end = min(to, end)
		}
		return Stretch(document, min(from, end), end)
	}
	if p.Starts == nil {
		cut.IDs = stretchOf(p.IDs)
		cut.Tokens = cut.IDs.Len()
		return cut
	}
	list := text.IDList{}
	cut.Starts = []int{}
	for _, document := range p.Documents() {
		cut.Starts = append(cut.Starts, len(list))
		list = append(list, All(stretchOf(document))...)
	}
	cut.IDs, cut.Tokens = list, len(list)
	return cut
}
