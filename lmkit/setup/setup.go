package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
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
	Probe func(ctx context.Context, plugin string) error
	// Log receives a line for each step that takes long; nil drops them.
	Log io.Writer
}

// Environment is what Run set up.
type Environment struct {
	// Python is the interpreter of the virtual environment, with JupyterLab, nbclient and nbconvert.
	Python string
	// Bin is the directory of gonb, goimports and gopls.
	Bin string
	// Plugin is the XLA plugin; its Path is "" if there is none.
	Plugin Plugin
	// Problems are what could not be set up, a line each, although the rest works: no C compiler, no plugin.
	Problems []string
}

// Run sets up all that the notebooks and XLA need, in CacheDir. What is there already stays; two calls at once
// wait for each other. Errors are what makes notebooks impossible.
func Run(ctx context.Context, o Options) (Environment, error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	dir, err := CacheDir()
	if err != nil {
		return Environment{}, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Environment{}, fmt.Errorf("the cache directory cannot be made: %w", err)
	}
	unlock, err := lock(ctx, filepath.Join(dir, "setup.lock"), o.Log)
	if err != nil {
		return Environment{}, err
	}
	defer unlock()
	var e Environment
	venv, err := installPython(ctx, dir, o.Log)
	if err != nil {
		return e, err
	}
	e.Python = pythonOf(venv)
	if e.Plugin, err = installPlugin(ctx, dir, venv, o); err != nil {
		e.Problems = append(e.Problems, err.Error())
	}
	if problem := compilerProblem(); problem != "" {
		e.Problems = append(e.Problems, problem)
	}
	if e.Bin, err = buildTools(ctx, dir, o); err != nil {
		return e, err
	}
	return e, writeKernel(venv, o.Checkout, e.Bin)
}

// lock waits until no other set-up runs on this cache directory.
func lock(ctx context.Context, path string, log io.Writer) (unlock func(), err error) {
	l := flock.New(path)
	locked, err := l.TryLock()
	if err == nil && !locked {
		fmt.Fprintln(log, "waiting for another lmkit setup to end …")
		_, err = l.TryLockContext(ctx, 200*time.Millisecond)
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

func isComplete(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, complete))
	return err == nil
}

func setComplete(dir string) error {
	return os.WriteFile(filepath.Join(dir, complete), nil, 0o644)
}
