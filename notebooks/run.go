// Package notebooks executes the notebooks of its directory, for lmkit notebooks and the tests.
package notebooks

import (
	"context"
	"errors"
	"fmt"
	"os"
	"owlm/internal/oneline"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// Options configure Run.
type Options struct {
	// Python is an interpreter with nbclient and nbconvert; see internal/setup.
	Python string
	// Kernel is the kernel.json of the kernel "lmkit"; see setup.Environment.Kernel.
	Kernel []byte
	// Checkout is the directory of this module's sources. If it is "", the run does not record what the outputs depend
	// on.
	Checkout string
	// Sources lists the notebooks' files; see List.
	Sources []string
	// Out is the directory for the executed notebooks, as .ipynb and .html, with an index.html, and in work/ for the
	// files that cells write. It is made if it does not exist; work/ is emptied. The pages need nothing but the
	// charts.js beside them.
	Out string
	// Backend names the engine of the cells; "" is "auto".
	Backend string
	// CellTimeout is how long a cell may take; 0 is ten minutes.
	CellTimeout time.Duration
	// Update also writes the outputs into the sources, if every notebook succeeds.
	Update bool
	// Progress, if not nil, is called with every event.
	Progress func(Event)
}

// Event is something that happened in a run.
type Event struct {
	Notebook string `json:"notebook"`
	// Cell is the number of the cell that begins, or that failed. The first is 1; 0 is the start of the kernel. Cells
	// is the number of cells.
	Cell  int `json:"cell"`
	Cells int `json:"cells"`
	// Error describes in up to 12 lines why a cell failed. Done is true at the end of a notebook. With either, Seconds
	// is the time that the notebook took.
	Error   string  `json:"error,omitempty"`
	Done    bool    `json:"done,omitempty"`
	Seconds float64 `json:"seconds,omitempty"`
}

// Failure is the error of a run in which cells failed. It has one event for each notebook that failed.
type Failure struct{ Events []Event }

// Error returns the first line of each notebook's error.
func (f *Failure) Error() string {
	var lines []string
	for _, e := range f.Events {
		lines = append(lines, fmt.Sprintf("%s, cell %d: %s", e.Notebook, e.Cell, oneline.First(e.Error)))
	}
	return strings.Join(lines, "; ")
}

// solutionsName is the directory beside the notebooks, and in the output directory, with the solutions of exercises.
const solutionsName = "solutions"

func isSolution(source string) bool { return filepath.Base(filepath.Dir(source)) == solutionsName }

// Name returns the name of a notebook's file, without .ipynb. If it is a solution, the name begins with "solutions/".
func Name(source string) string {
	name := strings.TrimSuffix(filepath.Base(source), ".ipynb")
	if isSolution(source) {
		return solutionsName + "/" + name
	}
	return name
}

// executedPath returns the file of an executed notebook in an output directory.
func executedPath(out, source string) string {
	return filepath.Join(out, filepath.FromSlash(Name(source))+".ipynb")
}

// List returns the files of notebooks. For each name it returns the notebooks in dir whose Name begins with it, such as
// "03" or "solutions/03", or else the file of that name. Without names it returns all notebooks in dir that begin with
// two digits, in the order of the course, then their solutions.
func List(dir string, names ...string) ([]string, error) {
	var all []string
	for _, part := range []string{dir, filepath.Join(dir, solutionsName)} {
		found, err := filepath.Glob(filepath.Join(part, "[0-9][0-9]*_*.ipynb"))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	if len(names) == 0 {
		if len(all) == 0 {
			return nil, fmt.Errorf("there are no notebooks in %s", dir)
		}
		return all, nil
	}
	var list []string
	for _, name := range names {
		found := false
		for _, path := range all {
			if name != "" && strings.HasPrefix(Name(path)+".ipynb", name) {
				list, found = append(list, path), true
			}
		}
		if _, err := os.Stat(name); !found && err == nil && filepath.Ext(name) == ".ipynb" {
			list, found = append(list, name), true
		}
		if !found {
			return nil, fmt.Errorf("no notebook in %s begins with %q, and there is no such file", dir, name)
		}
	}
	return list, nil
}

// Run executes notebooks one after the other. A cell that fails ends its notebook but not the run, and the error is a
// *Failure. Cancelling ctx ends everything that was started. Only Update changes the sources.
func Run(ctx context.Context, o Options) error {
	out, err := filepath.Abs(o.Out)
	if err != nil {
		return err
	}
	if err := makeOut(out); err != nil {
		return err
	}
	l := flock.New(filepath.Join(out, lockFile))
	if locked, err := l.TryLock(); err != nil {
		return fmt.Errorf("%s cannot be locked: %w", out, err)
	} else if !locked {
		return fmt.Errorf("another run is writing to %s; wait for it, or name another directory", out)
	}
	defer l.Unlock()
	// The notebooks of a run share a directory: some open a model that another has trained.
	work := filepath.Join(out, workName)
	if err := errors.Join(os.RemoveAll(work), os.RemoveAll(filepath.Join(out, kernelLog))); err != nil {
		return err
	}
	if err := os.Mkdir(work, 0o755); err != nil {
		return err
	}
	failures, err := o.record(ctx, out, func(o Options) ([]Event, error) { return execute(ctx, o, out, work) })
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

// kernelLog is the file in the output directory with the kernels' log. It says why a kernel does not start.
const kernelLog = "kernel.log"

// What Run makes in the output directory, beside the notebooks.
const (
	lockFile = ".lock" // stays, and marks the directory as one that a run has written to
	workName = "work"
)

// makeOut makes the output directory if it does not exist, hidden from git. Run empties work/ in it, so makeOut refuses
// a directory with a work/ that no run has made.
func makeOut(out string) error {
	if _, err := os.Stat(out); err == nil {
		work := filepath.Join(out, workName)
		_, ours := os.Stat(filepath.Join(out, lockFile))
		if _, err := os.Stat(work); err == nil && ours != nil {
			return fmt.Errorf("%s was not made by a run of the notebooks, which would empty it; "+
				"name another output directory", work)
		}
		return nil
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("the output directory cannot be made: %w", err)
	}
	return os.WriteFile(filepath.Join(out, ".gitignore"), []byte("*\n"), 0o644)
}
