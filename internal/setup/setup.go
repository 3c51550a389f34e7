package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"
)

// Options configure Run.
type Options struct {
	// Checkout is the directory of this module's sources, which notebooks import from; see FindCheckout.
	Checkout string
	// Completion also builds gopls, which completes code in JupyterLab's cells. Executing cells does not need it.
	Completion bool
	// Probe runs a small graph with the plugin in a file. It does so in another process, because a broken plugin can
	// end its process. If Probe is nil, no plugin is installed.
	Probe func(ctx context.Context, plugin string) error
	// Download, if not nil, is called where no verified plugin exists for the platform. It downloads one into a
	// directory and returns its file. Nothing verifies the plugin but Probe.
	Download func(ctx context.Context, dir string) (plugin string, err error)
	// Log receives a line for each part that is installed. If it is nil, the lines are dropped.
	Log io.Writer
	// Progress, if not nil, is called when a part begins and when it ends, instead of writing to Log.
	Progress func(Progress)
}

// Environment describes what Run has set up.
type Environment struct {
	// Python is the interpreter of the virtual environment, with JupyterLab, nbclient and nbconvert.
	Python string
	// Bin is the directory of gonb and goimports.
	Bin string
	// Gopls is the directory of gopls, "" if it is not installed.
	Gopls string
	// Plugin is the XLA plugin. Its Path is "" if none is installed.
	Plugin Plugin
	// Problems lists what could not be set up, a line each, although the rest works: no C compiler, no plugin.
	Problems []string

	checkout string
}

// Run installs everything that notebooks and XLA need, in CacheDir. It keeps what is installed already, and writes
// nothing if nothing is missing. Two calls at once wait for each other. A part that fails does not stop the others.
// The error, one line, says why notebooks cannot be executed.
func Run(ctx context.Context, o Options) (Environment, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	dir, err := CacheDir()
	if err != nil {
		return Environment{}, err
	}
	if o.Checkout, err = filepath.Abs(o.Checkout); err != nil {
		return Environment{}, err
	}
	e, missing := inspect(dir, o)
	if len(missing) == 0 {
		return e, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return e, fmt.Errorf("the cache directory cannot be made: %w; set LMKIT_CACHE to another", err)
	}
	unlock, err := lock(ctx, filepath.Join(dir, "setup.lock"), waiting{o})
	if err != nil {
		return e, err
	}
	defer unlock()
	return install(ctx, dir, o)
}

// inspect finds out what is installed, and names the parts that are missing. It changes nothing.
func inspect(dir string, o Options) (e Environment, missing []string) {
	e.checkout = o.Checkout
	need := func(present bool, name string) {
		if !present {
			missing = append(missing, name)
		}
	}
	venv := venvDir(dir)
	if isComplete(venv) && exists(pythonOf(venv)) {
		e.Python = pythonOf(venv)
	}
	need(e.Python != "", "python")
	if problem := pluginProblem(); problem != "" {
		e.Problems = append(e.Problems, problem)
	} else if plugin, ok, err := currentPlugin(dir); err == nil && ok {
		e.Plugin = plugin
	} else {
		need(false, "xla")
	}
	if bin, err := toolsDir(dir, o.Checkout); err == nil && isComplete(bin) {
		e.Bin = bin
	}
	need(e.Bin != "", "gonb")
	need(e.Bin != "", "cells") // a new kernel has compiled none
	if gopls, err := goplsDir(dir, o.Checkout); err == nil && isComplete(gopls) {
		e.Gopls = gopls
	}
	need(e.Gopls != "" || !o.Completion, "gopls")
	need(e.Python != "" && e.Bin != "" && kernelIsWritten(venv, e), "kernel")
	return e, missing
}

// install installs the parts that are missing: Python's with pip, which waits for the network, while Go's are compiled.
// The caller holds the lock.
func install(ctx context.Context, dir string, o Options) (Environment, error) {
	removeLeftovers(dir)
	e, missing := inspect(dir, o)
	s := newSteps(o, missing)
	var group sync.WaitGroup
	group.Go(func() {
		s.do(ctx, "python", func() (err error) { e.Python, err = installPython(ctx, dir); return err })
		s.do(ctx, "xla", func() (err error) { e.Plugin, err = installPlugin(ctx, dir, e.Python, o); return err })
	})
	group.Go(func() {
		s.do(ctx, "gonb", func() (err error) { e.Bin, err = buildTools(ctx, dir, o); return err })
		bin := e.Bin
		s.do(ctx, "cells", func() error { return compileCells(ctx, Environment{Bin: bin, checkout: o.Checkout}) })
		s.do(ctx, "gopls", func() (err error) { e.Gopls, err = buildGopls(ctx, dir, o); return err })
	})
	group.Wait()
	if e.Python != "" && e.Bin != "" {
		s.do(ctx, "kernel", func() error { return writeKernel(venvDir(dir), e) })
	}
	if ctx.Err() != nil {
		return e, ctx.Err()
	}
	for _, name := range []string{"xla", "cells", "gopls"} {
		if err := s.failed[name]; err != nil {
			e.Problems = append(e.Problems, err.Error())
		}
	}
	var failures []string
	for _, name := range []string{"python", "gonb", "kernel"} {
		if err := s.failed[name]; err != nil {
			failures = append(failures, err.Error())
		}
	}
	if failures != nil {
		return e, errors.New(strings.Join(failures, "; "))
	}
	return e, nil
}

// lock locks a file. It waits until no other set-up holds it.
func lock(ctx context.Context, path string, log io.Writer) (unlock func(), err error) {
	l := flock.New(path)
	locked, err := l.TryLock()
	if err == nil && !locked {
		fmt.Fprintln(log, "waiting for another lmkit setup to end …")
		_, err = l.TryLockContext(ctx, 200*time.Millisecond)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("%s cannot be locked: %w", path, err)
	}
	return func() { l.Unlock() }, nil
}

// short returns the beginning of the sha256 of data. It distinguishes versions of an installation.
func short(data ...[]byte) string {
	hash := sha256.New()
	for _, d := range data {
		hash.Write(d)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// complete is the file that is written last into each part of an installation. A part without it is installed again.
const complete = "complete"

func isComplete(dir string) bool { return exists(filepath.Join(dir, complete)) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func setComplete(dir string) error {
	return os.WriteFile(filepath.Join(dir, complete), nil, 0o644)
}

// leftover begins the name of a directory that is being filled. The directory is renamed when it is complete.
const leftover = "incomplete-"

// removeLeftovers removes what killed set-ups left behind. The caller holds the lock.
func removeLeftovers(dir string) {
	found, _ := filepath.Glob(filepath.Join(dir, leftover+"*"))
	for _, path := range found {
		os.RemoveAll(path)
	}
}

// fill makes a directory that appears complete or not at all: it fills a temporary one and renames it.
func fill(dir, name string, with func(temporary string) error) (path string, err error) {
	path = filepath.Join(dir, name)
	temporary, err := os.MkdirTemp(dir, leftover)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temporary)
	if err := with(temporary); err != nil {
		return "", err
	}
	if err := setComplete(temporary); err != nil {
		return "", err
	}
	if err := os.Chmod(temporary, 0o755); err != nil {
		return "", err
	}
	if err := os.RemoveAll(path); err != nil { // an incomplete one
		return "", err
	}
	return path, os.Rename(temporary, path)
}
