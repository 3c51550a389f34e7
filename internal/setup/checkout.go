package setup

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// FindCheckout returns the directory of this module's sources: the one that holds the working directory, or else the
// one that the program was built from.
func FindCheckout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if isCheckout(dir) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	if _, file, _, ok := runtime.Caller(0); ok {
		if dir := filepath.Dir(filepath.Dir(filepath.Dir(file))); isCheckout(dir) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the sources of owlm were not found; run this in a checkout of them")
}

// isCheckout reports whether a directory holds this module.
func isCheckout(dir string) bool {
	m, err := readModule(dir)
	return err == nil && m.path == "owlm"
}
