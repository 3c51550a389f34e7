package text

import (
	"strings"
	"unicode/utf8"

	"owlm/lmkit/internal/treebank"
)

// Words splits text as NLTK's word_tokenize does: into sentences, then into words and punctuation, with
// contractions taken apart ("don't" becomes "do", "n't") and quotation marks written as in the Penn Treebank
// ("he said" becomes ““”, "he", "said", “””).
type Words struct {
	// Lowercase puts the text into lower case first, as the tutorial does.
	Lowercase bool
}

// Tokenize splits text into words. It loses white space, and nothing else but the shape of quotation marks.
func (w Words) Tokenize(text string) []string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	tokens := make([]string, 0, len(text)/5)
	blocks{w, blockSize, longestStretch}.tokenize(strings.NewReader(text), func(list []string, _ string) error {
		tokens = append(tokens, list...)
		return nil
	})
	return tokens
}

// beginning tokenizes the sentences of a block that are settled.
func (w Words) beginning(tokens []string, block string, last bool) ([]string, int) {
	return treebank.Append(tokens, block, w.Lowercase, last)
}

// Join puts words together with single spaces.
func (Words) Join(tokens []string) string { return strings.Join(tokens, " ") }

// Sentences splits text into sentences as NLTK's sent_tokenize does. The boundaries are those of Punkt (nltk/tokenize/punkt.py),
// with the English model that comes with neurosnap/sentences.
func Sentences(text string) []string { return treebank.Sentences(text) }

// Detokenize joins words as people write them: punctuation, quotation marks and contractions closed up. It follows NLTK's
// TreebankWordDetokenizer, rule by rule; white space that Words lost is not brought back.
func Detokenize(tokens []string) string { return treebank.Detokenize(tokens) }
