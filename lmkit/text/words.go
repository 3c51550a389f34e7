package text

import (
	"strings"
	"unicode/utf8"

	"owlm/lmkit/internal/treebank"
)

// Words splits text as NLTK's word_tokenize does: into sentences, then into words and punctuation. Contractions become
// two tokens, and straight double quotation marks become two backquotes or two apostrophes, as in the Penn Treebank:
//
//	"Don't," he said.    ->    `` Do n't , '' he said .
type Words struct {
	// Lowercase puts the text into lower case first, as the tutorial does.
	Lowercase bool
}

// Tokenize splits text into words. Bytes that are not UTF-8 become U+FFFD. Nothing is lost but white space and the
// shape of quotation marks.
func (w Words) Tokenize(text string) []string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	tokens := make([]string, 0, len(text)/5)
	blocks{w, blockSize, longestStretch}.tokenize(strings.NewReader(text), func(list []string, _ string) error {
		tokens = append(tokens, list...)
		return nil
	}) // a strings.Reader gives no error
	return tokens
}

// beginning implements streamer.
func (w Words) beginning(tokens []string, block string, last bool) ([]string, int) {
	return treebank.AppendBlock(tokens, block, w.Lowercase, last)
}

// Join joins words with single spaces. Detokenize does it the way people write.
func (Words) Join(tokens []string) string { return strings.Join(tokens, " ") }

// Sentences splits text into sentences as NLTK's sent_tokenize does, by Punkt (Kiss & Strunk 2006) with its English
// model.
func Sentences(text string) []string { return treebank.Sentences(text) }

// Detokenize joins words the way people write them, with no space before punctuation, inside quotation marks or within
// contractions. It follows NLTK's TreebankWordDetokenizer rule by rule. It cannot restore the white space that Words
// dropped.
func Detokenize(tokens []string) string { return treebank.Detokenize(tokens) }
