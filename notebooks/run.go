// Package notebooks executes the notebooks beside it, as lmkit notebooks and the tests do.
package notebooks

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

//go:embed run.py
var script string

// Options say what Run executes, and how.
type Options struct {
	// Python is an interpreter with nbclient and nbconvert, and the kernel "lmkit"; see lmkit/setup.
	Python string
	// Sources are the notebooks' files; see List.
	Sources []string
	// Out receives the executed notebooks, as .ipynb and .html.
	Out string
	// Backend names the engine of the cells; "" is "auto".
	Backend string
	// Update writes the outputs into the sources as well, if every notebook succeeds.
	Update bool
	// Progress, if not nil, is told of every event.
	Progress func(Event)
}

// Event is something that happened in a run.
type Event struct {
	Notebook string `json:"notebook"`
	// Cell counts from 1; Cells is how many there are.
	Cell  int `json:"cell"`
	Cells int `json:"cells"`
	// Error is what a cell failed with; Done says that the notebook is through.
	Error string `json:"error,omitempty"`
	Done  bool   `json:"done,omitempty"`
}

// Failure is the error of a run in which cells failed.
type Failure struct{ Events []Event }

func (f *Failure) Error() string {
	var lines []string
	for _, e := range f.Events {
		lines = append(lines, fmt.Sprintf("%s, cell %d: %s", e.Notebook, e.Cell, firstLine(e.Error)))
	}
	return strings.Join(lines, "; ")
}

// firstLine is the first line with anything in it.
func firstLine(s string) string {
	for _, line := range strings.Split(s, "\n") {
		if line = strings.TrimSpace(line); line != "" && strings.Trim(line, "-") != "" {
			return line
		}
	}
	return ""
}

// List lists the notebooks in a directory whose names begin with one of the prefixes, such as "03"; all without prefixes.
func List(dir string, prefixes ...string) ([]string, error) {
	all, err := filepath.Glob(filepath.Join(dir, "[0-9][0-9]_*.ipynb"))
	if err != nil || len(prefixes) == 0 {
		return all, err
	}
	var list []string
	for _, prefix := range prefixes {
		found := false
		for _, path := range all {
			if strings.HasPrefix(filepath.Base(path), strings.TrimSuffix(prefix, ".ipynb")) {
				list, found = append(list, path), true
			}
		}
		if !found {
			return nil, fmt.Errorf("no notebook in %s begins with %q", dir, prefix)
		}
	}
	return list, nil
}

// Run executes notebooks one after the other. A cell that fails ends its notebook, not the run; the error is then a
// *Failure. Cancelling ctx ends everything that was started.
func Run(ctx context.Context, o Options) error {
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return err
	}
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return err
	}
	// The notebooks of a run share a directory, in which they find the models of each other.
	work, err := os.MkdirTemp("", "lmkit-notebooks-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	failures, err := execute(ctx, o, out, work)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return err
	case len(failures) > 0:
		return &Failure{failures}
	case o.Update:
		return update(o.Sources, out)
	}
	return nil
}

// execute runs the script and reads its events.
func execute(ctx context.Context, o Options, out, work string) (failures []Event, err error) {
	args := append([]string{"-c", script, out, work}, o.Sources...)
	c := exec.CommandContext(ctx, o.Python, args...)
	c.Env = append(os.Environ(), "JUPYTER_PREFER_ENV_PATH=1", "PYTHONUNBUFFERED=1", "JUPYTER_PLATFORM_DIRS=1")
	if o.Backend != "" && o.Backend != "auto" {
		c.Env = append(c.Env, "LMKIT_BACKEND="+o.Backend)
	}
	ownGroup(c)
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	c.WaitDelay = 15 * time.Second
	var messages strings.Builder
	c.Stderr = &messages
	events, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	defer killGroup(c)
	lines := bufio.NewScanner(events)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var e Event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			continue
		}
		if e.Error != "" {
			failures = append(failures, e)
		}
		if o.Progress != nil {
			o.Progress(e)
		}
	}
	if err := c.Wait(); err != nil && ctx.Err() == nil {
		return failures, errors.New("the notebooks could not be executed: " + lastLine(messages.String(), err))
	}
	return failures, nil
}

func lastLine(messages string, err error) string {
	lines := strings.Split(strings.TrimSpace(messages), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return err.Error()
}
