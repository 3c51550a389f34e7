package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestKernelUninstall takes out a kernel that was installed, and leaves another alone. Nothing has to be set up for it.
func TestKernelUninstall(t *testing.T) {
	t.Setenv("LMKIT_CACHE", t.TempDir())
	prefix := t.TempDir()
	data := filepath.Join(prefix, "share", "jupyter")
	dir := filepath.Join(data, "kernels", "lmkit")
	for _, test := range []struct {
		content string
		removed bool
	}{{"", false}, {`{"metadata": {"installed_by": "lmkit"}}`, true}} {
		if test.content != "" {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			file(t, dir, "kernel.json", test.content)
		}
		var report struct {
			Directory string
			Removed   bool
		}
		output := done(t, "kernel", "uninstall", "--prefix", prefix, "--json")
		if err := json.Unmarshal([]byte(output), &report); err != nil {
			t.Fatal(err)
		}
		if report.Directory != dir || report.Removed != test.removed {
			t.Errorf("%q: %+v, want %s, %v", test.content, report, dir, test.removed)
		}
		if _, err := os.Stat(dir); !os.IsNotExist(err) {
			t.Errorf("%s is still there: %v", dir, err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file(t, dir, "kernel.json", `{"display_name": "Go"}`)
	fails(t, words("kernel uninstall --data-dir %s", data), exitFailed, dir, "did not install")
}

// TestKernelInstall installs the kernel, takes it out and refuses to replace another.
func TestKernelInstall(t *testing.T) {
	if testing.Short() {
		t.Skip("sets up Jupyter if it is missing")
	}
	data := t.TempDir()
	dir := filepath.Join(data, "kernels", "lmkit")
	t.Setenv("JUPYTER_DATA_DIR", data)
	var report struct{ Directory, Name, Checkout string }
	if err := json.Unmarshal([]byte(done(t, "kernel", "install", "--json")), &report); err != nil {
		t.Fatal(err)
	}
	if report.Directory != dir || report.Name != "lmkit" || report.Checkout == "" {
		t.Errorf("%+v", report)
	}
	for _, name := range []string{"kernel.json", "logo-svg.svg", "logo-64x64.png"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	done(t, "kernel", "uninstall")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file(t, dir, "kernel.json", `{"display_name": "Go"}`)
	fails(t, words("kernel install"), exitFailed, dir, "did not install")
}
