// Package flow measures how much of a gradient flows back through time, for each kind of cell: the vanishing and
// exploding gradients of recurrent networks, in numbers.
//
// Measure runs a layer over random inputs and returns the norm of the gradient at each time step. Of this module, the
// package imports rnn and backend.
package flow
