package text

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"strings"

	"owlm/lmkit/internal/bytepair"
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

	merges *bytepair.Merges // nil before training
}

// DefaultVocabularySize is how many tokens byte-pair encoding has where nothing else is asked for.
const DefaultVocabularySize = 8000

// MinimumVocabularySize is the smallest vocabulary of byte-pair encoding: a token for each byte.
const MinimumVocabularySize = 256

// maximumVocabulary bounds the sizes that are accepted: beyond it a typo is likelier than a tokenizer.
const maximumVocabulary = 1 << 24

// Validate reports every option that is out of its range.
func (b BPE) Validate() error {
	var problems []string
	if b.VocabularySize != 0 && (b.VocabularySize < MinimumVocabularySize || b.VocabularySize > maximumVocabulary) {
		problems = append(problems, fmt.Sprintf("vocabulary size is %d; byte-pair encoding needs one from %d, a token for each byte, to %d", b.VocabularySize, MinimumVocabularySize, maximumVocabulary))
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

func (b BPE) learned() *bytepair.Merges {
	if b.merges == nil {
		return bytepair.Untrained
	}
	return b.merges
}

// Train learns merges from texts, each by itself, and returns a BPE that has them; b is not changed. The same texts and options give
// the same merges, which are those of Hugging Face's BpeTrainer with the byte alphabet as initial_alphabet, for each text as one string.
// Memory grows with the number of distinct words, not with the text. An error is the reader's, the context's or an option's.
func (b BPE) Train(ctx context.Context, texts ...io.Reader) (BPE, error) {
	if err := b.Validate(); err != nil {
		return BPE{}, err
	}
	learned, err := bytepair.Learn(ctx, texts, cmp.Or(b.VocabularySize, DefaultVocabularySize), cmp.Or(b.MinFrequency, 2))
	if err != nil {
		return BPE{}, err
	}
	b.merges = learned
	return b, nil
}

// Encode splits text into tokens and returns their ids in Vocabulary: Tokenize, without the strings.
func (b BPE) Encode(text string) []int32 { return b.learned().Encode(text) }

// Tokenize splits text into tokens, written in GPT-2's alphabet.
func (b BPE) Tokenize(text string) []string { return b.learned().Tokenize(text) }

// beginning tokenizes a block up to a place that nothing behind the block can move.
func (b BPE) beginning(tokens []string, block string, last bool) ([]string, int) {
	return b.learned().Beginning(tokens, block, last)
}

// Join gives back the text that tokens stand for. What only some of a text's tokens stand for may end inside a
// character; see CutUTF8.
func (b BPE) Join(tokens []string) string { return b.learned().Join(tokens) }

// Vocabulary is all tokens in the order of their ids.
func (b BPE) Vocabulary() *Vocabulary {
	v, err := newVocabulary(b.learned().Tokens, "")
	if err != nil {
		panic(err) // the tokens are distinct: see newMerges
	}
	return v
}
