package dataset

import (
	"errors"
	"fmt"
	"os"

	"owlm/lmkit/text"
)

// Parts are a text as token ids, cut into the part that is trained on and those that are held out. The vocabulary knows the training part
// alone.
type Parts struct {
	Header
	// Tokenizer made the tokens: the one that was asked for or, where that was byte-pair encoding that had still to learn, what it learned.
	Tokenizer  text.Tokenizer
	Vocabulary *text.Vocabulary
	// IDs are those of the whole text; Train, Valid and Test are its parts.
	IDs                text.IDs
	Train, Valid, Test Part

	temporary string // a directory to remove
}

// newParts cuts ids by the sizes in the header. starts are the positions of all documents, nil for one text.
func newParts(h Header, ids text.IDs, t text.Tokenizer, vocabulary *text.Vocabulary, starts []int) *Parts {
	p := &Parts{Header: h, IDs: ids, Tokenizer: t, Vocabulary: vocabulary}
	at := 0
	for i, part := range []*Part{&p.Train, &p.Valid, &p.Test} {
		end := at + h.Sizes[i].Tokens
		*part = Part{IDs: Stretch(ids, at, end), Vocabulary: vocabulary, PartSize: h.Sizes[i]}
		if starts != nil {
			part.Starts = []int{}
			for len(starts) > 0 && (starts[0] < end || end == ids.Len()) { // an empty document may begin at the end
				part.Starts, starts = append(part.Starts, starts[0]-at), starts[1:]
			}
		}
		at = end
	}
	return p
}

// Close closes the file with the ids, and removes it if it is a temporary one. The ids cannot be used after it. Nil Parts have nothing to
// close.
func (p *Parts) Close() error {
	if p == nil {
		return nil
	}
	var err error
	if file, ok := p.IDs.(*File); ok {
		err = file.Close()
	}
	if p.temporary != "" {
		err = errors.Join(err, os.RemoveAll(p.temporary))
	}
	return err
}

// Part is a stretch of a text.
type Part struct {
	IDs text.IDs
	// Vocabulary is what the ids are indices of.
	Vocabulary *text.Vocabulary
	// Starts are the positions at which documents begin, the first of which is 0; nil for one text.
	Starts []int
	PartSize
}

// PartSize is how large a part is.
type PartSize struct {
	Tokens int
	// Characters is the number of code points that the tokens were made of, with the white space behind them.
	Characters int
	// Unknown is how many of the tokens the vocabulary lacks; their ids are that of the token for unknown ones.
	Unknown int
}

// Source makes a source of a part, so that a model can be evaluated on it.
func (p Part) Source(name string) text.Source {
	return text.Source{Name: name, Tokens: &text.Tokens{
		IDs: p.IDs, Vocabulary: p.Vocabulary, Starts: p.Starts, Characters: p.Characters, Unknown: p.Unknown,
	}}
}

// Documents returns the ids of each document of the part: of all of it, if it is one text.
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

// end returns the position behind a document.
func (p Part) end(document int) int {
	if document+1 < len(p.Starts) {
		return p.Starts[document+1]
	}
	return p.IDs.Len()
}

// Predictions is the number of tokens that can be predicted: all but the first of each document.
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

// Check refuses a part that has nothing to predict.
func (p Part) Check() error {
	if p.Predictions() > 0 {
		return nil
	}
	if p.Starts != nil {
		return fmt.Errorf("none of the %d documents has the 2 tokens that a prediction needs", len(p.Starts))
	}
	return fmt.Errorf("the text has %d tokens, and evaluation needs at least 2", p.Tokens)
}

// Stretch returns the ids from position from up to position to.
func Stretch(ids text.IDs, from, to int) text.IDs {
	if list, ok := ids.(text.IDList); ok {
		return list[from:to:to]
	}
	return stretch{ids, from, to}
}

// All returns the ids in memory: copied there, where they were not yet.
func All(ids text.IDs) []int32 {
	if list, ok := ids.(text.IDList); ok {
		return list
	}
	list := make([]int32, ids.Len())
	ids.Copy(list, 0)
	return list
}

type stretch struct {
	ids      text.IDs
	from, to int
}

func (s stretch) Len() int { return s.to - s.from }

func (s stretch) Copy(into []int32, at int) {
	if at < 0 || at+len(into) > s.Len() {
		panic("dataset: ids outside the stretch")
	}
	s.ids.Copy(into, s.from+at)
}

// Cut returns a part of stretches: of each document, the tokens from position from up to position to, or to its end if to is negative.
// It knows nothing of characters.
func (p Part) Cut(from, to int) Part {
	cut := Part{Vocabulary: p.Vocabulary}
	if p.Starts == nil {
		end := p.IDs.Len()
		if to >= 0 {
			end = min(to, end)
		}
		cut.IDs = Stretch(p.IDs, min(from, end), end)
		cut.Tokens = cut.IDs.Len()
		return cut
	}
	list := text.IDList{}
	cut.Starts = []int{}
	for _, document := range p.Documents() {
		end := document.Len()
		if to >= 0 {
			end = min(to, end)
		}
		cut.Starts = append(cut.Starts, len(list))
		list = append(list, All(Stretch(document, min(from, end), end))...)
	}
	cut.IDs, cut.Tokens = list, len(list)
	return cut
}
