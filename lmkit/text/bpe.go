package text

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"owlm/lmkit/internal/bytepair"
)

// BPE is byte-pair encoding on bytes (Sennrich et al. 2016), as in GPT-2 and in Hugging Face's tokenizers. A text is
// cut into words, numbers, punctuation and white space, and each of these into bytes. Then neighboring tokens are
// merged, pair by pair: first the pair that was the most frequent in the training text, then the next. As every byte is
// a token, any text can be tokenized, and joining the tokens gives it back.
//
// Tokens are written in GPT-2's alphabet, which has a printable character for each byte and Ġ for the space: " owl" is
// "Ġowl".
//
// A BPE literal is not trained: every byte is a token. Train learns merges, and so does package dataset when it is
// given a BPE that is not trained. ParseTokenizer reads merges that were learned here or by Hugging Face's library.
//
// Several goroutines may use a BPE at once.
type BPE struct {
	// VocabularySize is the largest number of tokens that Train makes, including the 256 bytes; 0 means
	// DefaultVocabularySize.
	VocabularySize int
	// MinFrequency is how often a pair must occur for Train to merge it; 0 means 2, because nothing can be learned from
	// a pair that occurs once.
	MinFrequency int

	merges *bytepair.Merges // nil before training
}

// DefaultVocabularySize is the largest number of tokens that Train makes if BPE.VocabularySize is 0.
const DefaultVocabularySize = 8000

// MinimumVocabularySize is the smallest vocabulary of byte-pair encoding: a token for each byte.
const MinimumVocabularySize = 256

// maximumVocabulary bounds the vocabulary size, because a larger number is more likely to be a typo.
const maximumVocabulary = 1 << 24

// Validate reports every option that is out of range.
func (b BPE) Validate() error {
	var problems []string
	if b.VocabularySize != 0 && (b.VocabularySize < MinimumVocabularySize || b.VocabularySize > maximumVocabulary) {
		problems = append(problems, fmt.Sprintf("vocabulary size is %d; byte-pair encoding needs at least %d, "+
			"a token for each byte, and at most %d", b.VocabularySize, MinimumVocabularySize, maximumVocabulary))
	}
	if b.MinFrequency < 0 {
		problems = append(problems, fmt.Sprintf("min frequency is %d; it must be 0 or more", b.MinFrequency))
	}
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "; "))
	}
	return nil
}

// Trained reports whether b has learned merges, even if the training text had none to learn.
func (b BPE) Trained() bool { return b.merges != nil }

func (b BPE) learned() *bytepair.Merges {
	if b.merges == nil {
		return bytepair.Untrained
	}
	return b.merges
}

// Train learns merges from texts, each by itself, and returns a BPE that has them; b does not change. The same texts
// and options always give the same merges. They are the merges of Hugging Face's BpeTrainer with the byte alphabet as
// initial_alphabet, when it receives each text as one string.
//
// Memory grows with the number of distinct words, not with the length of the texts. An error comes from Validate, from
// the reader or from the context.
func (b BPE) Train(ctx context.Context, texts ...io.Reader) (BPE, error) {
	if err := b.Validate(); err != nil {
		return BPE{}, err
	}
	size, frequency := cmp.Or(b.VocabularySize, DefaultVocabularySize), cmp.Or(b.MinFrequency, 2)
	learned, err := bytepair.Learn(ctx, texts, size, frequency)
	if err != nil {
		return BPE{}, err
	}
	b.merges = learned
	return b, nil
}

// Encode splits text into tokens and returns their ids in Vocabulary.
func (b BPE) Encode(text string) []int32 { return b.learned().Encode(text) }

// Tokenize splits text into tokens, written in GPT-2's alphabet.
func (b BPE) Tokenize(text string) []string { return b.learned().Tokenize(text) }

// beginning implements streamer.
func (b BPE) beginning(tokens []string, block string, last bool) ([]string, int) {
	return b.learned().AppendBlock(tokens, block, last)
}

// Join returns the text that tokens stand for. If they are not all tokens of a text, it may begin or end inside a
// character; see CutUTF8.
func (b BPE) Join(tokens []string) string { return b.learned().Join(tokens) }

// Vocabulary returns all tokens in the order of their ids.
func (b BPE) Vocabulary() *Vocabulary {
	v, err := newVocabulary(b.learned().Tokens, "")
	if err != nil {
		panic(err) // Merges.Tokens are distinct
	}
	return v
}
