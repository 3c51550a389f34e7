// Package bytepair implements byte-pair encoding on bytes (Sennrich et al. 2016), as GPT-2 uses it. It learns the same
// merges from a text as Hugging Face's tokenizers library and gives the same ids; the tests here and in package text
// compare the two.
//
// A text becomes ids in three steps:
//
//   - Added tokens, such as <|endoftext|>, are found first, wherever they stand (added.go).
//   - What lies between them is cut into pre-tokens, which are words, numbers, punctuation and white space, by GPT-2's
//     pattern (pretokens.go, with the character classes of classes.go). No token reaches from one pre-token into
//     another.
//   - The bytes of a pre-token are merged, pair by pair, in the order in which the pairs were learned (encode.go).
//
// Since every single byte is a token, any text can be encoded, and joining the tokens restores it. A token is written
// as a string in GPT-2's alphabet, which has a printable character for each byte (alphabet.go).
//
// Learn finds the merges, from a text of any length. Marshal and Parse write and read tokenizer.json, Hugging Face's
// format (huggingface.go, and huggingfacemodel.go for the part that it calls the model). text.BPE is the public side of
// all this.
//
// Of this module, the package imports internal/files only.
package bytepair
