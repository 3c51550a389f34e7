// Package text turns text into tokens and token ids, and back.
//
// There are three tokenizers:
//
//   - Words splits text as NLTK's word_tokenize does, token for token: Punkt (Kiss & Strunk 2006) finds the sentences,
//     and the rules of NLTKWordTokenizer split them into words and punctuation.
//   - Characters makes every Unicode code point a token.
//   - BPE is the byte-pair encoding of GPT-2. It learns the same merges as Hugging Face's tokenizers and gives the same
//     ids.
//
// Tests compare Words and BPE with the output of NLTK and of Hugging Face's library.
//
// A Vocabulary maps tokens to ids and back. Windows slides over a text and pairs each stretch of tokens with the token
// that follows.
//
// Text comes from a Source, which can be read more than once; a Reader makes it clean UTF-8. TokenizeReader tokenizes
// such a text in bounded memory, however long it is.
//
// A tokenizer is saved as tokenizer.json, by MarshalTokenizer, and read by ReadTokenizer. For a trained BPE this is
// Hugging Face's format, in both directions. A Vocabulary is saved as JSON; ReadVocabulary also reads a list of tokens.
//
// Package dataset goes on from here: it splits a text into parts and keeps their ids. This package needs no engine. Of
// this module, it imports internal packages only.
package text
