// Package rnn builds recurrent layers in GoMLX graphs: the simple RNN, the LSTM and the GRU, in
// PyTorch's layout of weights and with PyTorch's numbers. It knows nothing of language: any GoMLX program can use it.
//
// A layer is run in two parts. Project multiplies the inputs of all time steps by the input weights in one product; Scan then runs
// along time, adding what comes from the state. Layer does both, Layers puts layers on each other, and Step is one time step.
//
// On XLA, Scan is one loop of the engine and its derivative another, so that compiling takes as long for a thousand steps as for
// ten: GoMLX's While has no derivative, so each cell brings its own (simple.go, lstm.go, gru.go), and customgradient.go attaches it. Where the
// engine has no such loop, the step is repeated in the graph. Values and gradients are the same: both are held against PyTorch's.
//
// Shapes in the documentation: T time steps, B rows of the batch, I inputs, H hidden size, G
// gates of the cell (Cell.Gates). Like all code that builds graphs it panics on misuse, and
// GoMLX's executors turn that into errors.
package rnn
