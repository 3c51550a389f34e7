// Package text turns text into token ids and back: tokenizers, vocabulary, windows, splits, counts.
// It needs no engine.
//
// Words are those of NLTK's word_tokenize, token for token: sentences are found by Punkt (Kiss &
// Strunk 2006) and split by the rules of NLTK's Treebank-style tokenizer. Tests hold both against
// NLTK's own output. BPE is the byte-pair encoding of GPT-2: it learns the same merges and gives the same ids as
// Hugging Face's tokenizers, and shares tokenizer.json with them.
package text
