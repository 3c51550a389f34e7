//go:build !(cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64)))

package backend

import "fmt"

// built says that XLA is not part of this program.
const built = false

func openPlugin(string) (*Engine, error) {
	return nil, fmt.Errorf("this program was built without XLA, which needs cgo and a C compiler; use the engine go")
}
