// Package lmkit trains, evaluates and runs recurrent language models: simple RNN, LSTM and GRU,
// built on GoMLX and computed by XLA, on CPU or GPU, or by a pure-Go engine.
//
// The whole of a tutorial is a dozen lines: Train a model on a text, then range over
// Model.Generate. Everything that is needed to run a model again is in its directory, which
// Train or Model.Save writes and Open reads.
//
// # Model directory
//
// Format 1 is four files, which PyTorch can load as they are:
//
//	config.json        {"format":1,"cell":"lstm","vocabulary_size":30,"embedding_size":128,"hidden_size":256,"layers":2,
//	                    "dropout":0,"tie_weights":false,"reset_after":true,"context":0}
//	tokenizer.json     {"kind":"word","lowercase":true}
//	vocabulary.json    {"tokens":[",",".","a"],"unknown":null}; the index in the list is the token's id
//	model.safetensors  embedding.weight [V,E]; for each layer k rnn.weight_ih_l{k} [G*H,in], rnn.weight_hh_l{k} [G*H,H],
//	                   rnn.bias_ih_l{k}, rnn.bias_hh_l{k} [G*H]; fc.weight [V,H]; fc.bias [V]
//
// V is the vocabulary size, E the embedding size, H the hidden size and G the number of gates, in
// PyTorch's order: 1 for the simple RNN; i, f, g, o for the LSTM; r, z, n for the GRU. On reading,
// "lstm." and "gru." are accepted for "rnn.".
//
// A training run adds history.jsonl (a Record a line), receipt.json (a Receipt), run.json (its
// settings) and checkpoints/step-00001200 and so on: the same files, the optimizer's moments,
// the random state and the place in the text, and a MANIFEST.json written last that holds the size
// and sha256 of each. Every file and every checkpoint appears as a whole or not at all.
//
// # Errors
//
// Everything here returns errors of one line, which say what was wrong, where, and what to do.
package lmkit
