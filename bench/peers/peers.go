// Package peers contains the Python programs that lmkit is compared with, and installs the Python that runs them.
package peers

import (
	"context"
	_ "embed"
	"io"
	"strings"

	"owlm/internal/setup"
)

//go:embed requirements.txt
var requirements string

// The scripts of bench. The first line of each describes its arguments.
var (
	//go:embed torch_peer.py
	TorchScript string
	//go:embed jax_peer.py
	JAXScript string
)

// The names of the peers in results.
const (
	PyTorch = "PyTorch"
	JAX     = "JAX"
)

// room is the disk space that the packages need, in bytes; PyTorch needs most of it.
const room = 9000 << 20

// Python returns the interpreter of a virtual environment with the peers, in lmkit's cache directory. It installs them
// with pip if need be (about 3 GB), and checks the hash of every file.
func Python(ctx context.Context, log io.Writer) (string, error) {
	return setup.VirtualEnvironment(ctx, "peers", requirements, room, log)
}

// LastLine returns the last line that a program wrote to standard error. A Python program says there what went wrong.
func LastLine(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	return lines[len(lines)-1]
}
