package setup

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/mod/modfile"
)

// module is what set-up reads from a go.mod.
type module struct {
	path     string            // of the module itself
	versions map[string]string // of the modules that it requires, by path
}

// readModule reads the go.mod in a directory.
func readModule(dir string) (module, error) {
	path := filepath.Join(dir, "go.mod")
	data, err := os.ReadFile(path)
	if err != nil {
		return module{}, fmt.Errorf("go.mod cannot be read: %w", err)
	}
	// ParseLax accepts directives of later versions of Go: FindCheckout also reads modules that are not ours.
	file, err := modfile.ParseLax(path, data, nil)
	if err != nil {
		return module{}, fmt.Errorf("go.mod cannot be read: %w", err)
	}
	m := module{versions: make(map[string]string)}
	if file.Module != nil {
		m.path = file.Module.Mod.Path
	}
	for _, required := range file.Require {
		m.versions[required.Mod.Path] = required.Mod.Version
	}
	return m, nil
}
