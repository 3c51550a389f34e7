// Package rnn builds recurrent layers in GoMLX graphs: the simple RNN, the LSTM and the GRU. Weights have PyTorch's
// layout, and results are PyTorch's. The package knows nothing of language: any GoMLX program can use it.
//
// A layer runs in two parts. Project multiplies the inputs of all time steps by the input weights in one product. Scan
// then runs along time and adds what comes from the state. Layer does both, Layers stacks layers, and Step makes a
// single time step. NewWeights makes the variables of a layer in a GoMLX model.
//
// On XLA, Scan is one loop of the engine and its derivative another, so compiling a thousand steps takes as long as
// compiling ten. GoMLX's While has no derivative: each cell brings its own (simple.go, lstm.go, gru.go), and
// customgradient.go attaches it. Where the engine has no such loop, the graph repeats the step. Tests compare the
// values and gradients of both ways with PyTorch's.
//
// The documentation gives shapes in these letters: T time steps, B rows of the batch, I inputs, H hidden units, G gates
// of the cell (Cell.Gates). Like all code that builds graphs, the package panics on misuse; GoMLX's executors turn that
// into errors.
package rnn
