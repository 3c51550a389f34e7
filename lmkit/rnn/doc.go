// Package rnn builds recurrent layers in GoMLX graphs: the simple RNN, the LSTM and the GRU, in
// PyTorch's layout of weights and with PyTorch's numbers. It knows nothing of language: any GoMLX program can use it.
//
// A layer is run in two parts. Project multiplies the inputs of all time steps by the input
// weights in one product; Step then adds, for one time step, what comes from the state. Layer
// applies Step along time, Layers puts layers on each other.
//
// On XLA a layer is one loop of the engine, with its derivative written by hand (scan.go), so that compiling takes as long
// for a thousand steps as for ten. Where the engine has no such loop, the step is repeated in the graph.
//
// Shapes in the documentation: T time steps, B rows of the batch, I inputs, H hidden size, G
// gates of the cell (Cell.Gates). Like all code that builds graphs it panics on misuse, and
// GoMLX's executors turn that into errors.
package rnn
