// Package peers holds the Python programs that lmkit is compared with, and the Python that runs them.
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

// The scripts of bench; each says in its first line what it takes.
var (
	//go:embed torch_peer.py
	TorchScript string
	//go:embed jax_peer.py
	JAXScript string
)

// The peers, as results name them.
const (
	PyTorch = "PyTorch"
	JAX     = "JAX"
)

// room is what the packages take on the disk, in bytes; most of it is PyTorch's.
const room = 9000 << 20

// Python is the interpreter of a virtual environment that has the peers, in lmkit's cache directory. They are installed with pip
// where they are not there yet (about 3 GB); every file is checked by its hash.
func Python(ctx context.Context, log io.Writer) (string, error) {
	return setup.VirtualEnvironment(ctx, "peers", requirements, room, log)
}

// LastLine is the last line of what a program wrote to standard error, which in Python says what went wrong.
func LastLine(stderr string) string {
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	return lines[len(lines)-1]
}
