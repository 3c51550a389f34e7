// Package train trains the models of package lmkit.
//
// Run is the whole of it: it reads a text, trains with an Objective (Windows or Stream), an optimizer and a schedule, validates, writes
// history, receipt and checkpoints into a run's directory, and goes on from there when it was interrupted. A Hook follows a run, and may stop
// it. Stepper makes training steps one at a time instead, for a loop of one's own.
//
// Recipes have the values of papers and programs. Settings is the table of all that a run can be asked for: run.json, the comparison when a
// run is resumed, the receipt and the flags of the command are made from it.
//
// The same seed gives the same weights to the byte on the Go engine, and on XLA with one thread; a resumed run ends as one that was never
// interrupted.
package train
