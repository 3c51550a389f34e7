//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package backend

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
)

// built says that XLA is part of this program.
const built = true

// The version of the PJRT interface that was tested. A plugin may have a later minor version, as
// those only add to the interface.
const pjrtMajor, pjrtMinor = 0, 81

func init() {
	// GoMLX's own installer verifies nothing; set-up is lmkit's.
	os.Setenv("GOMLX_NO_AUTO_INSTALL", "1")
}

// openPlugin opens XLA with the plugin in a file.
func openPlugin(path string) (*Engine, error) {
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("XLA plugin %s: LMKIT_XLA_PLUGIN needs an absolute path", path)
	}
	if info, err := os.Stat(path); err != nil || info.IsDir() {
		return nil, fmt.Errorf("XLA plugin %s: there is no such file; run lmkit setup, or use the engine go", path)
	}
	plugin, err := pjrt.GetPlugin(path)
	if err != nil {
		return nil, fmt.Errorf("XLA plugin %s cannot be loaded: %s", path, line(err.Error()))
	}
	if major, minor := plugin.Version(); major != pjrtMajor || minor < pjrtMinor {
		return nil, fmt.Errorf("XLA plugin %s has version %d.%d of the PJRT interface, and %d.%d or a later %d is needed", path, major, minor, pjrtMajor, pjrtMinor, pjrtMajor)
	}
	b, err := xla.New(path)
	if err != nil {
		return nil, fmt.Errorf("XLA plugin %s cannot be started: %s", path, line(err.Error()))
	}
	return &Engine{Backend: b}, nil
}
