// Package lmkit runs recurrent language models: simple RNN, LSTM and GRU. A language model gives a probability to each
// token that may follow a text. So it can write the next token, and it can measure how well it predicts a text.
//
// Open reads a Model from its directory, and New makes an untrained one, which package train trains. Import makes a
// model directory from weights that PyTorch saved.
//
// Model.Generate continues a prompt token by token, and Model.Samples continues it several times at once.
// Model.Evaluate returns the loss, the perplexity and the bits per character of a text. Model.Logits and Model.Weight
// give the numbers that these are computed from. Model.Save writes the directory that Open reads.
//
// The graphs are built with GoMLX and run on one of the engines of package backend; backend.Names lists them.
//
// Other packages have the parts of a model: text has tokenizers, vocabularies and sources, dataset the token ids of a
// text, network the structure and the graph, sample the choice of the next token. Of this module, lmkit imports those,
// backend, rnn, rundir and safetensors. It does not import train.
//
// # Hidden state
//
// A model that was trained on a stream carries its hidden state along the text. A model that was trained on windows has
// read no more than Config.Context tokens at a time, each window from a zero state; it reads that many tokens again for
// every prediction. GenerateConfig.Context and EvaluateConfig.Context overrule this.
//
// # Model directory
//
// Format 1 has four files, which PyTorch can load as they are:
//
//	config.json        {"format":1,"cell":"lstm","vocabulary_size":30,"embedding_size":128,"hidden_size":256,
//	                    "layers":2,"dropout":0,"tie_weights":false,"reset_after":true,"context":0}
//	tokenizer.json     {"kind":"word","lowercase":true}, or byte-pair encoding as Hugging Face's library writes it
//	vocabulary.json    {"tokens":[",",".","a"],"unknown":null}; the index in the list is the token's id
//	model.safetensors  embedding.weight [V,E]; for each layer k rnn.weight_ih_l{k} [G*H,I],
//	                   rnn.weight_hh_l{k} [G*H,H], rnn.bias_ih_l{k} [G*H], rnn.bias_hh_l{k} [G*H];
//	                   fc.weight [V,H]; fc.bias [V]
//
// V is the vocabulary size, E the embedding size, H the hidden size, I the size of a layer's input (E in the lowest
// layer, H in the others), and G the number of gates, in PyTorch's order: 1 for the simple RNN; i, f, g, o for the
// LSTM; r, z, n for the GRU. With tied weights, fc.weight equals embedding.weight and may be missing. Open also accepts
// the prefixes "lstm." and "gru." for "rnn.".
//
// A training run adds files to the directory, which package rundir describes. Files of other names are ignored. Every
// file is replaced as a whole.
//
// # Errors
//
// Functions return errors of one line, which say what was wrong, where, and what to do.
package lmkit
