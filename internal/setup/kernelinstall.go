package setup

import (
	"cmp"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"

	"github.com/google/renameio/v2"
)

// logos holds the kernel's icon under the names that Jupyter looks for. The PNG is the SVG, drawn by Chromium.
//
//go:embed logo/logo-svg.svg logo/logo-64x64.png
var logos embed.FS

// kernelDir returns the directory of the kernel in a directory of Jupyter's data.
func kernelDir(data string) string { return filepath.Join(data, "kernels", KernelName) }

// WriteKernel writes the interactive kernel and its icon into a directory of Jupyter's data.
func (e Environment) WriteKernel(data string) error {
	spec, err := e.Kernel(true)
	if err != nil {
		return err
	}
	return writeKernelFiles(kernelDir(data), spec)
}

// writeKernelFiles writes a kernel.json and the icon into the directory of a kernel.
func writeKernelFiles(dir string, spec []byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("the kernel cannot be written: %w", err)
	}
	if err := renameio.WriteFile(filepath.Join(dir, kernelFile), spec, 0o644); err != nil {
		return fmt.Errorf("the kernel cannot be written: %w", err)
	}
	entries, err := logos.ReadDir("logo")
	for _, entry := range entries {
		var data []byte
		if data, err = logos.ReadFile("logo/" + entry.Name()); err != nil {
			return err
		}
		if err = renameio.WriteFile(filepath.Join(dir, entry.Name()), data, 0o644); err != nil {
			return err
		}
	}
	return err
}

// kernelFile is the name under which Jupyter looks for the description of a kernel.
const kernelFile = "kernel.json"

// installer is what metadata.installed_by of a kernel says that InstallKernel has written.
const installer = "lmkit"

// ForeignKernelError says that a directory holds a kernel that InstallKernel has not written.
type ForeignKernelError struct{ Directory string }

// Error names the directory.
func (e *ForeignKernelError) Error() string {
	return e.Directory + " holds a kernel that lmkit did not install, which stays as it is"
}

// InstallKernel writes the kernel into a directory of Jupyter's data, for every Jupyter that looks there, and returns
// the kernel's directory. It replaces only what it has written before. variables are set for the kernel.
//
// The kernel then starts under programs that have not the environment of this one. So it finds the go command, and what
// is installed in CacheDir, where they are now.
func (e Environment) InstallKernel(data string, variables map[string]string) (dir string, err error) {
	dir = kernelDir(data)
	if installed, err := installedKernel(dir); err != nil {
		return dir, err
	} else if entries, _ := os.ReadDir(dir); !installed && len(entries) > 0 {
		return dir, &ForeignKernelError{dir}
	}
	written, err := e.Kernel(true)
	if err != nil {
		return dir, err
	}
	var spec map[string]any
	if err := json.Unmarshal(written, &spec); err != nil {
		return dir, err
	}
	settings := spec["env"].(map[string]any)
	for name, value := range variables {
		settings[name] = literal(value)
	}
	if os.Getenv(cacheVariable) != "" {
		cache, err := CacheDir()
		if err != nil {
			return dir, err
		}
		settings[cacheVariable] = literal(cache)
	}
	if command, err := exec.LookPath("go"); err == nil {
		path, _ := settings["PATH"].(string)
		settings["PATH"] = path + string(os.PathListSeparator) + literal(filepath.Dir(command))
	}
	spec["metadata"] = map[string]any{"installed_by": installer}
	content, err := json.MarshalIndent(spec, "", "  ")
	if err != nil {
		return dir, err
	}
	return dir, writeKernelFiles(dir, append(content, '\n'))
}

// UninstallKernel removes what InstallKernel has written into a directory of Jupyter's data, and returns the kernel's
// directory. removed is false if there is no kernel.
func UninstallKernel(data string) (dir string, removed bool, err error) {
	dir = kernelDir(data)
	if removed, err = installedKernel(dir); err != nil || !removed {
		return dir, false, err
	}
	return dir, true, os.RemoveAll(dir)
}

// installedKernel reports whether a directory holds a kernel that InstallKernel has written. It returns a
// *ForeignKernelError if the kernel is another.
func installedKernel(dir string) (bool, error) {
	content, err := os.ReadFile(filepath.Join(dir, kernelFile))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var spec struct {
		Metadata struct {
			InstalledBy string `json:"installed_by"`
		}
	}
	if json.Unmarshal(content, &spec) != nil || spec.Metadata.InstalledBy != installer {
		return false, &ForeignKernelError{dir}
	}
	return true, nil
}

// JupyterDataDir returns the directory of the user's own Jupyter data, in which every Jupyter of the user looks for
// kernels.
func JupyterDataDir() (string, error) {
	if dir := os.Getenv("JUPYTER_DATA_DIR"); dir != "" {
		return filepath.Abs(dir)
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no directory for Jupyter's kernels: %w; name one", err)
	}
	switch runtime.GOOS {
	case "darwin":
		return filepath.Join(home, "Library", "Jupyter"), nil
	case "windows":
		return filepath.Join(cmp.Or(os.Getenv("APPDATA"), home), "jupyter"), nil
	}
	return filepath.Join(cmp.Or(os.Getenv("XDG_DATA_HOME"), filepath.Join(home, ".local", "share")), "jupyter"), nil
}
