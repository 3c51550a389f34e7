// Package treebank splits English text into sentences and words, and joins words again, exactly as the Natural Language
// Toolkit (NLTK) does. The tests of package text compare it with NLTK's own output, token for token.
//
// It follows three of NLTK's algorithms, rule by rule:
//
//   - Sentences is Punkt (Kiss & Strunk 2006; nltk/tokenize/punkt.py), which sent_tokenize uses. sentences.go finds the
//     places where a sentence may end, punktwords.go splits the text around each into words, and punkt.go decides. The
//     English model is the one in github.com/neurosnap/sentences.
//   - AppendSentence is NLTKWordTokenizer (nltk/tokenize/destructive.py), which word_tokenize applies to each sentence.
//     words.go applies the rules in their order; those for quotation marks and contractions have their own files.
//   - Detokenize is TreebankWordDetokenizer (nltk/tokenize/treebank.py).
//
// Words are written as in the Penn Treebank. Contractions are split, and straight double quotation marks become two
// backquotes or two apostrophes:
//
//	"Don't," he said.    ->    `` Do n't , '' he said .
//
// Append does both steps for a text that arrives in blocks: it stops at a sentence end that no later text can move.
//
// The rules for splitting are written out by hand, because Go's regexp has neither lookahead nor Python's character
// classes. Those classes are in package runes, which is the only package of this module that treebank imports.
package treebank
