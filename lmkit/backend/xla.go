//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package backend

import (
	"fmt"
	"io"
	"os"
	"owlm/internal/oneline"
	"path/filepath"
	"strings"

	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"
	"k8s.io/klog/v2"
)

// built reports whether XLA is part of this program.
const built = true

// The version of the PJRT interface that was tested. A plugin may have a later minor version: those only add to the
// interface.
const pjrtMajor, pjrtMinor = 0, 81

func init() {
	// GoMLX's own installer verifies nothing, so lmkit has its own. The variable is for programs that this one starts.
	xla.EnableAutoInstall(false)
	os.Setenv("GOMLX_NO_AUTO_INSTALL", "1")
}

// openPlugin opens XLA with the plugin in a file.
func openPlugin(path string) (engine *Engine, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			engine, err = nil, fmt.Errorf("XLA plugin %s cannot be started: %s", path, oneline.First(fmt.Sprint(fault)))
		}
	}()
	name, remove, err := neutralName(path)
	if err != nil {
		return nil, err
	}
	defer remove()
	defer quiet()()
	plugin, err := pjrt.GetPlugin(name)
	if err != nil {
		return nil, fmt.Errorf("XLA plugin %s cannot be loaded: %s", path, reason(err))
	}
	major, minor := plugin.Version()
	if err := checkVersion(path, major, minor); err != nil {
		return nil, err
	}
	// Without the option the plugin makes four devices and at least as many threads: too many for two cores.
	b, err := xla.NewWithOptions(name, pjrt.NamedValuesMap{"cpu_device_count": int64(1)})
	if err != nil {
		return nil, fmt.Errorf("XLA plugin %s cannot be started: %s", path, reason(err))
	}
	return &Engine{Backend: b, device: fmt.Sprintf("%s, PJRT %d.%d", Processor(), major, minor)}, nil
}

// quiet turns go-xla's log off until restore is called. The errors say what went wrong.
func quiet() (restore func()) {
	state := klog.CaptureState()
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	return state.Restore
}

// reason returns the message of the system's loader, without the file names that go-xla puts around it.
func reason(err error) string {
	message := oneline.First(err.Error())
	if _, after, found := strings.Cut(message, ".so: "); found {
		message, _, _ = strings.Cut(after, `": "`)
	}
	return message
}

// checkVersion returns an error if a plugin has a version of the PJRT interface that cannot be used.
func checkVersion(path string, major, minor int) error {
	if major == pjrtMajor && minor >= pjrtMinor {
		return nil
	}
	return fmt.Errorf("XLA plugin %s has version %d.%d of the PJRT interface; it must be %d.%d or a later %d",
		path, major, minor, pjrtMajor, pjrtMinor, pjrtMajor)
}

// neutralName returns a path to a plugin that go-xla takes for a CPU's. go-xla guesses from the path: it takes one
// with "cuda" or "nvidia" anywhere, in a user's name for instance, for a GPU's, and one without "cpu" for a slower
// device. The path is a symbolic link if need be; remove removes it, and may be called as soon as the plugin is loaded.
func neutralName(path string) (name string, remove func(), err error) {
	if !pjrt.IsCUDAName(path) && strings.Contains(strings.ToUpper(path), "CPU") {
		return path, func() {}, nil
	}
	dir, err := os.MkdirTemp("", "xla-cpu-")
	if err != nil {
		return "", nil, fmt.Errorf("XLA plugin %s: %w", path, err)
	}
	remove = func() { os.RemoveAll(dir) }
	name = filepath.Join(dir, "xla_cpu_plugin.so")
	if err := os.Symlink(path, name); err != nil {
		remove()
		return "", nil, fmt.Errorf("XLA plugin %s: %w", path, err)
	}
	if pjrt.IsCUDAName(name) {
		remove()
		return "", nil, fmt.Errorf("XLA plugin %s: the temporary directory's name contains cuda or nvidia; "+
			"set TMPDIR to another", path)
	}
	return name, remove, nil
}
