package setup

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// KernelName is the name by which notebooks ask for the kernel.
const KernelName = "lmkit"

// Kernel returns the content of kernel.json, from which Jupyter starts the kernel "Go (lmkit)": see package kernel. An
// interactive kernel completes code in cells, if gopls is installed; it starts faster without.
func (e Environment) Kernel(interactive bool) ([]byte, error) {
	const separator = string(os.PathListSeparator)
	directories := []string{e.Bin}
	if interactive && e.Gopls != "" {
		directories = append(directories, e.Gopls)
	}
	arguments := []string{filepath.Join(e.Bin, "lmkit-kernel"), "{connection_file}", filepath.Join(e.Bin, "gonb"),
		e.checkout}
	settings := goSettings()
	spec := map[string]any{
		"argv":           arguments,
		"display_name":   "Go (lmkit)",
		"language":       "go",
		"interrupt_mode": interruptMode(runtime.GOOS),
		"env": map[string]string{
			"PATH":                  literal(strings.Join(directories, separator)) + separator + "${PATH}",
			"GOFLAGS":               literal(cellFlags(settings["GOFLAGS"], runtime.GOOS)),
			"GOEXPERIMENT":          literal(cellExperiment(settings["GOEXPERIMENT"], runtime.GOARCH)),
			"GOWORK":                "", // each kernel makes its own
			"GOMLX_NO_AUTO_INSTALL": "1",
		},
	}
	data, err := json.MarshalIndent(spec, "", "  ")
	return append(data, '\n'), err
}

// interruptMode returns how Jupyter interrupts a cell. A signal also reaches the compiler; Windows has none.
func interruptMode(system string) string {
	if system == "windows" {
		return "message"
	}
	return "signal"
}

// literal protects a value from Jupyter, which replaces variables in it.
func literal(value string) string { return strings.ReplaceAll(value, "$", "$$") }

// goSettings returns the user's settings of Go, from the environment and from go env -w.
func goSettings() map[string]string {
	settings := map[string]string{}
	if output, err := exec.Command("go", "env", "-json", "GOFLAGS", "GOEXPERIMENT").Output(); err == nil {
		json.Unmarshal(output, &settings)
	}
	return settings
}

// cellFlags returns the flags for compiling cells: the user's, and those that make linking fast, because each cell is
// linked to run once. A cell is a module in a workspace, where -mod and -modfile are not allowed.
func cellFlags(user, system string) string {
	var flags []string
	for _, flag := range splitFlags(user) {
		name, _, _ := strings.Cut(strings.TrimLeft(flag, `'"-`), "=")
		if name != "mod" && name != "modfile" {
			flags = append(flags, flag)
		}
	}
	if strings.Contains(user, "-ldflags") {
		return strings.Join(flags, " ")
	}
	link := "-s -w"
	if system == "linux" {
		link += " -linkmode=internal"
	}
	return strings.Join(append(flags, "'-ldflags="+link+"'"), " ")
}

// splitFlags splits GOFLAGS as the go command does: at spaces outside quotes.
func splitFlags(flags string) (list []string) {
	for flags = strings.TrimSpace(flags); flags != ""; flags = strings.TrimSpace(flags) {
		end := strings.IndexByte(flags, ' ')
		if quote := flags[0]; quote == '\'' || quote == '"' {
			if close := strings.IndexByte(flags[1:], quote); close >= 0 {
				end = close + 2
			}
		}
		if end < 0 || end > len(flags) {
			end = len(flags)
		}
		list, flags = append(list, flags[:end]), flags[end:]
	}
	return list
}

// cellExperiment returns the user's experiments with simd added, which lets the Go engine use vector instructions.
func cellExperiment(user, architecture string) string {
	if architecture != "amd64" || strings.Contains(user, "simd") {
		return user
	}
	with := strings.TrimPrefix(user+",simd", ",")
	check := exec.Command("go", "env", "GOVERSION")
	check.Env = append(os.Environ(), "GOEXPERIMENT="+with)
	if check.Run() != nil {
		return user // this version of Go does not know it
	}
	return with
}

// kernelPath returns the file of the kernel in a virtual environment.
func kernelPath(venv string) string {
	return filepath.Join(venv, "share", "jupyter", "kernels", KernelName, "kernel.json")
}

// kernelIsWritten reports whether the virtual environment has the kernel of this checkout.
func kernelIsWritten(venv string, e Environment) bool {
	want, err := e.Kernel(true)
	if err != nil {
		return false
	}
	got, err := os.ReadFile(kernelPath(venv))
	return err == nil && bytes.Equal(got, want)
}

// writeKernel writes the kernel into the virtual environment, where the programs that open notebooks find it.
func writeKernel(venv string, e Environment) error {
	data, err := e.Kernel(true)
	if err != nil {
		return err
	}
	return writeKernelFiles(filepath.Dir(kernelPath(venv)), data)
}
