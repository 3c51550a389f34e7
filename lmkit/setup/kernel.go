package setup

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/renameio/v2"
)

// KernelName is the name by which notebooks ask for the kernel.
const KernelName = "lmkit"

// writeKernel writes the kernelspec "Go (lmkit)" into the virtual environment.
func writeKernel(venv, checkout, bin string) error {
	dir := filepath.Join(venv, "share", "jupyter", "kernels", KernelName)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	spec := map[string]any{
		"argv":           []string{filepath.Join(bin, "gonb"), "--kernel", "{connection_file}", "-go_work=" + checkout, "-logtostderr=true", "-v=0"},
		"display_name":   "Go (lmkit)",
		"language":       "go",
		"interrupt_mode": "message",
		"env": map[string]string{
			"PATH": bin + string(os.PathListSeparator) + "${PATH}",
			// Cells are compiled for one run each: what makes linking quick counts.
			"GOFLAGS":               goFlags(os.Getenv("GOFLAGS")),
			"GOEXPERIMENT":          "simd",
			"GOMLX_NO_AUTO_INSTALL": "1",
		},
	}
	data, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return err
	}
	return renameio.WriteFile(filepath.Join(dir, "kernel.json"), append(data, '\n'), 0o644)
}

// goFlags adds the flags that make cells compile quickly to the user's, unless those set -ldflags themselves.
func goFlags(user string) string {
	if strings.Contains(user, "-ldflags") {
		return user
	}
	return strings.TrimSpace(user + " '-ldflags=-s -w -linkmode=internal'")
}
