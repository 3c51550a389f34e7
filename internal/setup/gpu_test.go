//go:build unix

package setup

import (
	"os"
	"path/filepath"
	"testing"
)

// TestGPU puts a program in the place of nvidia-smi.
func TestGPU(t *testing.T) {
	for _, test := range []struct{ name, program, want string }{
		{"one", "echo 'NVIDIA H100 80GB HBM3, 580.159.04'", "NVIDIA H100 80GB HBM3, driver 580.159.04"},
		{"two", "echo 'A, 1'; echo 'B, 1'", "A, driver 1"},
		{"no driver", "echo 'NVIDIA-SMI has failed' >&2; exit 9", ""},
		{"nothing", "true", ""},
		{"no program", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if test.program != "" {
				script := "#!/bin/sh\n" + test.program + "\n"
				if err := os.WriteFile(filepath.Join(dir, "nvidia-smi"), []byte(script), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("PATH", dir)
			if got, found := GPU(); got != test.want || found != (test.want != "") {
				t.Errorf("GPU is %q, %v; want %q", got, found, test.want)
			}
		})
	}
}
