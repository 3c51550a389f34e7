//go:build !(cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64)))

package backend

// built reports whether XLA is part of this program.
const built = false

func openPlugin(string) (*Engine, error) { panic("not built") }
