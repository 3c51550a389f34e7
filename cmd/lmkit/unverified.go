package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/gomlx/go-xla/installer"

	"owlm/internal/oneline"
)

// downloadUnverified downloads an XLA plugin with go-xla's installer, which verifies nothing. It runs only with
// --unverified.
func downloadUnverified(ctx context.Context, dir string) (plugin string, err error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	platform := runtime.GOOS + "_" + runtime.GOARCH
	if err := installer.CPUInstall(platform, "latest", dir, false, installer.Quiet); err != nil {
		return "", fmt.Errorf("no XLA plugin could be downloaded: %s", oneline.Of(err))
	}
	for _, pattern := range []string{"*.so", "*.dylib", "*.dll"} {
		if found, _ := filepath.Glob(filepath.Join(dir, pattern)); len(found) > 0 {
			return found[0], nil
		}
	}
	return "", errors.New("the download contains no XLA plugin")
}
