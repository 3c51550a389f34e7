// Package rundir reads and writes what a training run leaves in its directory.
//
// A run's directory is a model directory (see package lmkit) with these files more:
//
//	run.json                     the settings of the run, which a resumed run is compared with
//	tokens.bin                   the text as token ids; see package dataset
//	history.jsonl                a Record per line: losses, learning rates, speed and samples
//	receipt.json                 a Receipt: how the numbers of the run came to be
//	checkpoints/step-00001200/   the run after step 1200
//	.lock                        the process that writes to the directory; see Lock
//
// A checkpoint holds the files of the model, the history, a receipt, training.safetensors (optimizer moments, random
// state and carried states), position.json (a Position) and MANIFEST.json, which lists the size and sha256 of every
// other file. The manifest is written last, and the directory gets its name only then, so that a checkpoint is there as
// a whole or not at all. Newest passes over a checkpoint that was damaged later.
//
// Package train writes these files, with WriteCheckpoint and History. ReadHistory and ReadReceipt are for everyone
// else, such as a program that draws loss curves.
//
// The package imports network, for Compilation and the format's version, and text. It does not know how a model is run
// or trained.
package rundir
