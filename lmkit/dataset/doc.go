// Package dataset turns a text into token ids, cuts it into parts, and lays the ids out as batches.
//
// Encode tokenizes a text.Source. It cuts the text into a training, a validation and a test part, makes the vocabulary
// from the training part alone, and maps tokens to ids. The result is Parts, whose Train, Valid and Test are each a
// Part. Open reads the same from a token file that an earlier Encode wrote.
//
// A Source may also hold documents that are kept apart, such as the rows of a table, or token ids that are ready. The
// documents of a Part start at Part.Starts, and no window and no prediction reaches from one into the next.
//
// The ids of a long text stay in a token file, which File reads through a memory map: neither the text nor its ids need
// to fit into memory.
//
// Batches are what training and evaluation read. NewWindowBatches makes windows, each with the token that follows it;
// NewLaneBatches makes lanes for truncated back-propagation through time. Any batch of any epoch can be asked for, so
// that a resumed run can continue where it stopped. Lookahead prepares the next batch in the background.
//
// Evaluation has the measures of how well a model predicts a Part, the same for networks and n-gram models.
//
// # Token file
//
// A token file begins with a header, and the ids follow. All numbers are little-endian.
//
//	magic       8 bytes    "lmktoken"
//	version     uint32     1
//	width       uint32     bytes of an id: 2 for a vocabulary of up to 65536 tokens, else 4
//	vocabulary  uint64     size of the vocabulary; every id is below it
//	bytes       uint64     size of the text
//	parts       9 uint64s  of the training, validation and test part: tokens, characters, unknown tokens
//	text        32 bytes   sha256 of the text
//	key         32 bytes   sha256 of what else the ids depend on: tokenizer, vocabulary and split
//	check       32 bytes   sha256 of the header so far and the sha256 of the ids
//
// # Imports
//
// The package needs no engine. Of this module, it imports text and internal packages.
package dataset
