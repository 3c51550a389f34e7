// Package backend opens the engine that runs GoMLX graphs: XLA on the CPU, or the engine in pure Go, which is always
// available.
package backend

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"owlm/internal/oneline"
	"owlm/internal/setup"
)

// The names of the engines.
const (
	Go      = "go"       // the engine in pure Go
	XLACPU  = "xla:cpu"  // XLA on the processor
	XLACUDA = "xla:cuda" // XLA on an NVIDIA GPU, with the plugin that LMKIT_CUDA_PLUGIN names
)

// Names lists "auto" and each engine that set-up installs. Open accepts XLACUDA, too.
var Names = []string{"auto", Go, XLACPU}

// Help returns Names as the help of a flag lists them: "auto, go or xla:cpu".
func Help() string {
	last := len(Names) - 1
	return strings.Join(Names[:last], ", ") + " or " + Names[last]
}

// Engine is an open engine.
type Engine struct {
	compute.Backend
	// Kind is Go, XLACPU or XLACUDA.
	Kind string
	// Reason says in one line what was chosen and why.
	Reason string

	device string
}

var (
	mutex  sync.Mutex
	opened = map[string]*Engine{}
)

// Open opens an engine; see Names. A process opens an engine once: later calls for the same engine share it.
//
// "auto", or "", takes the engine that $LMKIT_BACKEND names. Without the variable it takes XLA on the CPU if that is
// installed, else the Go engine.
func Open(name string) (*Engine, error) {
	mutex.Lock()
	defer mutex.Unlock()
	reason := "asked for"
	if name == "" || name == "auto" {
		name, reason = choose()
	}
	engine := opened[name]
	if engine == nil {
		var err error
		if engine, err = open(name); err != nil {
			return nil, err
		}
		opened[name] = engine
	}
	reason = fmt.Sprintf("%s: %s", name, reason)
	return &Engine{Backend: engine.Backend, Kind: name, Reason: reason, device: engine.device}, nil
}

// choose returns the engine that "auto" stands for, and why.
func choose() (name, reason string) {
	if name := os.Getenv("LMKIT_BACKEND"); name != "" && name != "auto" {
		return name, "LMKIT_BACKEND names it"
	}
	if !built {
		return Go, "this program was built without cgo, which XLA needs"
	}
	if os.Getenv("LMKIT_XLA_PLUGIN") != "" {
		return XLACPU, "LMKIT_XLA_PLUGIN names a plugin"
	}
	if _, ok, err := setup.XLAPlugin(); err == nil && ok {
		return XLACPU, "XLA for the CPU is installed"
	}
	return Go, "XLA is not installed; lmkit setup installs it"
}

// open opens an engine that was not opened before.
func open(name string) (engine *Engine, err error) {
	// Engines and their C libraries report some faults by panicking.
	defer func() {
		if fault := recover(); fault != nil {
			engine, err = nil, fmt.Errorf("engine %s cannot be opened: %s", name, oneline.First(fmt.Sprint(fault)))
		}
	}()
	switch name {
	case Go:
		// One operation after the other, each on all cores. By default the engine runs operations side by side, and
		// they can wait for each other forever: its pool of workers loses a wake-up (compute v0.1.3).
		b, err := gobackend.New("ops_sequential")
		if err != nil {
			return nil, fmt.Errorf("engine go cannot be opened: %s", oneline.First(err.Error()))
		}
		return &Engine{Backend: b, device: goDevice()}, nil
	case XLACPU:
		return openCPU()
	case XLACUDA:
		return openCUDA()
	}
	return nil, fmt.Errorf("no engine is called %q; there are %s", name, strings.Join(Names, ", "))
}

// openCPU opens XLA with the plugin that $LMKIT_XLA_PLUGIN names or that set-up installed.
func openCPU() (*Engine, error) {
	if path := os.Getenv("LMKIT_XLA_PLUGIN"); path != "" {
		// No tuned flags: a plugin that does not know a flag ends the process.
		return OpenPlugin(path)
	}
	plugin, ok, err := setup.XLAPlugin()
	if err != nil {
		return nil, err
	}
	if !ok {
		return nil, errors.New("engine xla:cpu is not installed; run lmkit setup, or use the engine go")
	}
	setFlags(tunedFlags)
	return OpenPlugin(plugin.Path)
}

// OpenPlugin opens XLA on the processor with the plugin in a file. The path must be absolute. Set-up tries plugins
// with it; other callers use Open.
func OpenPlugin(path string) (*Engine, error) {
	if !built {
		return nil, fmt.Errorf("XLA plugin %s: this program was built without XLA, which needs cgo and a C compiler; "+
			"use the engine go", path)
	}
	if !filepath.IsAbs(path) {
		return nil, fmt.Errorf("XLA plugin %s: an absolute path is needed", path)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("XLA plugin %s: there is no such file; run lmkit setup, or use the engine go", path)
	}
	return openPlugin(path)
}

// tunedFlags make the plugin that set-up installs faster for recurrent networks: XNNPACK would repack the recurrent
// weights at every time step.
var tunedFlags = []string{"--xla_cpu_use_xnnpack=false"}

// setFlags adds flags to $XLA_FLAGS, except those that the user has set.
func setFlags(flags []string) {
	current := strings.Fields(os.Getenv("XLA_FLAGS"))
	for _, flag := range flags {
		name, _, _ := strings.Cut(flag, "=")
		set := slices.ContainsFunc(current, func(s string) bool { return s == name || strings.HasPrefix(s, name+"=") })
		if !set {
			current = append(current, flag)
		}
	}
	os.Setenv("XLA_FLAGS", strings.Join(current, " "))
}

// Device describes what the engine runs on. The text contains no path of the machine, so it may be published.
func (e *Engine) Device() string { return e.device }

// String returns the engine's kind and device.
func (e *Engine) String() string { return e.Kind + ", " + e.Device() }
