package text

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// BPE is byte-pair encoding (Sennrich et al. 2016) on bytes, as in GPT-2 and in Hugging Face's tokenizers: a text is
// cut into words, numbers, punctuation and white space, and in each the pair of neighbouring tokens that was most
// frequent in the text it learned from becomes one token, then the next. As every byte is a token, it splits any text,
// and joining the tokens gives it back.
//
// A token is written in GPT-2's alphabet, where a byte is a printable character and a space is Ġ: " owl" is "Ġowl".
//
// A literal BPE has learned nothing yet, and makes every byte a token; Train learns, as Encode does where it is given one,
// and ParseTokenizer reads what was learned, here or by Hugging Face's library. It may be used by several goroutines at
// once.
type BPE struct {
	// VocabularySize is how many tokens Train makes at most, 256 bytes among them; 0 is DefaultVocabularySize.
	VocabularySize int
	// MinFrequency is how often a pair must occur for Train to merge it; 0 is 2, as nothing can be learned from what
	// occurs once.
	MinFrequency int

	merges *merges // nil before training
}

// DefaultVocabularySize is how many tokens byte-pair encoding has where nothing else is asked for.
const DefaultVocabularySize = 8000

// maximumVocabulary bounds the sizes that are accepted: beyond it a typo is likelier than a tokenizer.
const maximumVocabulary = 1 << 24

// Validate reports every option that is out of its range.
func (b BPE) Validate() error {
	var problems []string
	if b.VocabularySize != 0 && (b.VocabularySize < len(symbols) || b.VocabularySize > maximumVocabulary) {
		problems = append(problems, fmt.Sprintf("vocabulary size is %d; byte-pair encoding needs one from %d, a token for each byte, to %d", b.VocabularySize, len(symbols), maximumVocabulary))
	}
	if b.MinFrequency < 0 {
		problems = append(problems, fmt.Sprintf("min frequency is %d; it must be 0 or more", b.MinFrequency))
	}
	if len(problems) > 0 {
		return fmt.Errorf("%s", strings.Join(problems, "; "))
	}
	return nil
}

// Trained says whether the merges have been learned.
func (b BPE) Trained() bool { return b.merges != nil }

// untrained has no merges.
var untrained = newMerges(sortedSymbols(), len(symbols), nil, newAddedTokens(nil))

// sortedSymbols are the symbols of all bytes in the order of their code points, which gives them their ids.
func sortedSymbols() []string { return slices.Sorted(slices.Values(symbols[:])) }

func (b BPE) learned() *merges {
	if b.merges == nil {
		return untrained
	}
	return b.merges
}

// Encode splits text into tokens and returns their ids in Vocabulary: Tokenize, without the strings.
func (b BPE) Encode(text string) []int32 {
	m := b.learned()
	e := m.encoders.Get().(*encoder)
	defer m.encoders.Put(e)
	ids := make([]int32, 0, len(text)/3+1)
	if len(m.added.list) == 0 {
		return e.appendText(ids, text)
	}
	m.added.split(text, func(piece string, id int32) {
		if id >= 0 {
			ids = append(ids, id)
		} else {
			ids = e.appendText(ids, piece)
		}
	})
	return ids
}

func (e *encoder) appendText(ids []int32, text string) []int32 {
	for len(text) > 0 {
		n := pretoken(text)
		ids = e.append(ids, text[:n])
		text = text[n:]
	}
	return ids
}

// Tokenize splits text into tokens, written in GPT-2's alphabet.
func (b BPE) Tokenize(text string) []string {
	ids, m := b.Encode(text), b.learned()
	tokens := make([]string, len(ids))
	for i, id := range ids {
		tokens[i] = m.tokens[id]
	}
	return tokens
}

// beginning tokenizes a block up to the end of a pre-token that nothing behind the block can move; see pretoken for why
// not behind white space.
func (b BPE) beginning(tokens []string, block string, last bool) ([]string, int) {
	m, at, end := b.learned(), 0, 0
	limit := len(block) - lookahead - m.added.longest
	m.added.split(block, func(piece string, id int32) {
		for len(piece) > 0 && at <= limit {
			n := len(piece)
			if id < 0 {
				n = pretoken(piece)
			}
			at += n
			if r, _ := utf8.DecodeLastRuneInString(piece[:n]); at <= limit && (id >= 0 || classOf(r) != spaceClass) {
				end = at
			}
			piece = piece[n:]
		}
	})
	if last {
		end = len(block)
	}
	return append(tokens, b.Tokenize(block[:end])...), end
}

// Join gives back the text that tokens stand for. What only some of a text's tokens stand for may end inside a
// character; see CutUTF8.
func (b BPE) Join(tokens []string) string {
	m := b.learned()
	var joined strings.Builder
	for _, token := range tokens {
		content, ok := bytesOf(token)
		if !ok || m.added.names[token] {
			content = token
		}
		joined.WriteString(content)
	}
	return joined.String()
}

// Vocabulary is all tokens in the order of their ids.
func (b BPE) Vocabulary() *Vocabulary {
	v, err := newVocabulary(b.learned().tokens, "")
	if err != nil {
		panic(err) // the tokens are distinct: see newMerges
	}
	return v
}
