// Package kernel is what stands between Jupyter and GoNB: the kernel "Go (lmkit)" of the notebooks.
//
// [Run] starts GoNB and ends it together with everything that it started. Jupyter talks to GoNB directly, except for
// the messages that GoNB publishes: these pass through [Run], which turns the errors of the Go compiler and the dumps
// of a panic into one line with the line of the cell.
//
// [Build] stands in for the go command in GoNB's PATH. It compiles and links a cell with what it remembers of earlier
// builds ([Prepare]), and leaves everything else to the go command.
package kernel
