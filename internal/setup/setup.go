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
	"time"

	"github.com/gofrs/flock"
)

// Options say what Run sets up.
type Options struct {
	// Checkout is the directory of this module's sources, which notebooks import from; see FindCheckout.
	Checkout string
	// Completion also builds gopls, which JupyterLab needs for completion in cells and execution does not.
	Completion bool
	// Probe runs a small graph with the plugin in a file, in a process of its own: a broken plugin can end it.
	// Without it no plugin is installed.
	Probe func(ctx context.Context, plugin string) error
	// Download, if not nil, fetches a plugin into a directory where no verified one exists for the
	// platform, and returns its file. Nothing verifies it but Probe.
	Download func(ctx context.Context, dir string) (plugin string, err error)
	// Log receives a line for each step that takes long; nil drops them.
	Log io.Writer
}

// Environment is what Run set up.
type Environment struct {
	// Python is the interpreter of the virtual environment, with JupyterLab, nbclient and nbconvert.
	Python string
	// Bin is the directory of gonb and goimports.
	Bin string
	// Gopls is the directory of gopls, "" if it was not asked for.
	Gopls string
	// Plugin is the XLA plugin; its Path is "" if there is none.
	Plugin Plugin
	// Problems are what could not be set up, a line each, although the rest works: no C compiler, no plugin.
	Problems []string

	checkout string
}

// Run sets up all that the notebooks and XLA need, in CacheDir. What is there already stays, and if all is there,
// nothing is written; two calls at once wait for each other. One part that fails does not stop the others.
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
	unlock, err := lock(ctx, filepath.Join(dir, "setup.lock"), o.Log)
	if err != nil {
		return e, err
	}
	defer unlock()
	return install(ctx, dir, o)
}

// inspect looks at what is there, and changes nothing. The Environment is complete if nothing is missing.
func inspect(dir string, o Options) (e Environment, missing []string) {
	e.checkout = o.Checkout
	need := func(there bool, name string) {
		if !there {
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
	if gopls, err := goplsDir(dir, o.Checkout); err == nil && isComplete(gopls) {
		e.Gopls = gopls
	}
	need(e.Gopls != "" || !o.Completion, "gopls")
	need(e.Python != "" && e.Bin != "" && kernelIsWritten(venv, e), "kernel")
	return e, missing
}

// install makes what is missing. It runs under the lock.
func install(ctx context.Context, dir string, o Options) (Environment, error) {
	removeLeftovers(dir)
	e, missing := inspect(dir, o)
	var failures []string
	fail := func(err error) {
		if err != nil {
			failures = append(failures, err.Error())
		}
	}
	for _, part := range missing {
		var err error
		switch part {
		case "python":
			e.Python, err = installPython(ctx, dir, o.Log)
			fail(err)
		case "xla":
			if e.Plugin, err = installPlugin(ctx, dir, e.Python, o); err != nil {
				e.Problems = append(e.Problems, err.Error())
			}
		case "gonb":
			e.Bin, err = buildTools(ctx, dir, o)
			fail(err)
		case "gopls":
			if e.Gopls, err = buildGopls(ctx, dir, o); err != nil {
				e.Problems = append(e.Problems, "cells have no completion: "+err.Error())
			}
		case "kernel":
			if e.Python != "" && e.Bin != "" {
				fail(writeKernel(venvDir(dir), e))
			}
		}
		if ctx.Err() != nil {
			return e, ctx.Err()
		}
	}
	if failures != nil {
		return e, errors.New(strings.Join(failures, "; "))
	}
	return e, nil
}

// lock waits until no other set-up runs on this cache directory.
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

// short is the beginning of the sha256 of data, to tell versions of an installation apart.
func short(data ...[]byte) string {
	hash := sha256.New()
	for _, d := range data {
		hash.Write(d)
	}
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

// complete is the file that is written last into each part of an installation: without it, the part is made anew.
const complete = "complete"

func isComplete(dir string) bool { return exists(filepath.Join(dir, complete)) }

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func setComplete(dir string) error {
	return os.WriteFile(filepath.Join(dir, complete), nil, 0o644)
}

// leftover begins the names of directories that are being filled; they get their names when they are complete.
const leftover = "incomplete-"

// removeLeftovers removes what killed set-ups left behind. It runs under the lock.
func removeLeftovers(dir string) {
	found, _ := filepath.Glob(filepath.Join(dir, leftover+"*"))
	for _, path := range found {
		os.RemoveAll(path)
	}
}

// fill makes a directory by filling one of another name, so that it is there complete or not at all.
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
	if err := os.RemoveAll(path); err != nil { // what was there was not complete
		return "", err
	}
	return path, os.Rename(temporary, path)
}
