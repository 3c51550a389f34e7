// Package network builds a recurrent language model as a GoMLX graph: an embedding, recurrent layers and an output
// layer.
//
// Config is the structure of a model. The names, shapes and initial values of the weights and the shapes of the states
// follow from it, and config.json stores it.
//
// Network adds a model to a graph. Hidden reads tokens, Last or EveryStep picks the hidden states to predict from,
// Logits applies the output layer, and CrossEntropy returns the losses. Dropouts are the only difference between a
// training step and an evaluation. StateNodes and Config.StatesOf pass the states of one batch on to the next, and Kept
// clears the states of some rows.
//
// Program is a graph that the engine compiles when it first runs. Program.Run takes tensors and returns tensors, and
// frees what it read.
//
// The weights are GoMLX variables, named after PyTorch's state dict (VariablePath). They are drawn in Go
// (Config.InitialValues), so that every engine starts from the same numbers.
//
// Comments give shapes in these letters: T time steps, B rows of a batch, N predictions, V vocabulary size, E embedding
// size, H hidden size, and G gates of the cell.
//
// Code that builds graphs panics, as GoMLX's does, and Program turns that into errors. The package imports rnn and
// backend. It knows nothing of texts and model directories.
package network
