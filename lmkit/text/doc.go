// Package text turns text into token ids and back: tokenizers, vocabulary, windows, splits, counts.
// It needs no engine.
//
// Words are those of NLTK's word_tokenize, token for token: sentences are found by Punkt (Kiss &
// Strunk 2006) and split by the rules of NLTK's Treebank-style tokenizer. Tests hold both against
// NLTK's own output.
package text
