// Package ngram models language by counting, and measures how much a text repeats and copies.
//
// An n-gram model takes the probability of a token from how often it followed the few tokens before it in the training
// text. A token that never followed them may still occur, so the counts are smoothed:
//
//   - New adds a constant to every count (Jurafsky & Martin, chapter 3).
//   - NewKneserNey uses interpolated modified Kneser-Ney (Chen & Goodman 1999), the baseline that a neural model should
//     beat. Tests compare it with NLTK's Kneser-Ney and with the paper's formulas in exact fractions.
//
// A model works on token ids, as package dataset produces them, and Evaluate measures it on a part of a dataset with
// the same measures as lmkit uses for a neural model.
//
// Distinct measures how varied a generated text is; CopiedShare and LongestCopy measure how much of it was copied from
// the training text. They take tokens of any type.
//
// The package imports dataset and needs no engine.
package ngram
