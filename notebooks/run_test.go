package notebooks

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"owlm/internal/setup"
)

// options sets everything up and returns the options for notebooks in testdata.
func options(t *testing.T, names ...string) Options {
	t.Helper()
	if testing.Short() {
		t.Skip("needs the Python environment and the kernel, which lmkit setup installs")
	}
	checkout, err := setup.FindCheckout()
	if err != nil {
		t.Fatal(err)
	}
	environment, err := setup.Run(t.Context(), setup.Options{Checkout: checkout, Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	kernel, err := environment.Kernel(false)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", t.TempDir())
	// Copies, so that a test may write to them.
	sources := t.TempDir()
	o := Options{Python: environment.Python, Kernel: kernel, Out: t.TempDir(), Backend: "go"}
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join("testdata", name+".ipynb"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(sources, name+".ipynb")
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		o.Sources = append(o.Sources, path)
	}
	return o
}

func TestRun(t *testing.T) {
	o := options(t, "smoke")
	var progress []Event
	o.Progress = func(e Event) { progress = append(progress, e) }
	before, _ := os.ReadFile(o.Sources[0])
	if err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	if after, _ := os.ReadFile(o.Sources[0]); !bytes.Equal(before, after) {
		t.Error("the source was changed")
	}
	n := readNotebook(t, filepath.Join(o.Out, "smoke.ipynb"))
	if got := n.output(); !strings.Contains(got, "Total tokens: 43") || !strings.Contains(got, "the engine works") {
		t.Errorf("output %q", got)
	}
	page, err := os.ReadFile(filepath.Join(o.Out, "smoke.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, with := range []string{"<math", "Total tokens: 43", `href="smoke.html"`} {
		if !bytes.Contains(page, []byte(with)) {
			t.Errorf("the page has no %s", with)
		}
	}
	checkSite(t, o.Out, []notebook{n})
	last := progress[len(progress)-1]
	if len(progress) != 6 || !last.Done || last.Notebook != "smoke" || last.Cells != 5 {
		t.Errorf("events %+v", progress)
	}
	if _, err := os.Stat(filepath.Join(o.Out, "work", "left.txt")); err != nil {
		t.Errorf("what a cell wrote: %v", err)
	}
}

// TestRunSparesWork checks that a directory work that no run has made is not emptied.
func TestRunSparesWork(t *testing.T) {
	out := t.TempDir()
	mine := filepath.Join(out, "work", "mine.txt")
	if err := os.MkdirAll(filepath.Dir(mine), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the refusal leaves nothing that the next run would accept
		err := Run(t.Context(), Options{Out: out})
		if err == nil || !strings.Contains(err.Error(), "another output directory") {
			t.Errorf("the error is %v", err)
		}
	}
	if data, err := os.ReadFile(mine); string(data) != "mine" {
		t.Errorf("the file became %q: %v", data, err)
	}
}

func TestRunUpdate(t *testing.T) {
	o := options(t, "smoke")
	o.Update = true
	var copies [2][]byte
	for i := range copies {
		if err := Run(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		copies[i], _ = os.ReadFile(o.Sources[0])
	}
	if !bytes.Equal(copies[0], copies[1]) {
		t.Errorf("two runs differ:\n%s\n%s", copies[0], copies[1])
	}
	n := readNotebook(t, o.Sources[0])
	for i, c := range n.Cells[1:] {
		checkCell(t, c, i+1)
	}
}

func TestRunFailures(t *testing.T) {
	o := options(t, "bad", "panic", "hang", "smoke")
	o.CellTimeout = 12 * time.Second
	o.Update = true
	err := Run(t.Context(), o)
	var failure *Failure
	if !errors.As(err, &failure) || len(failure.Events) != 3 {
		t.Fatal(err)
	}
	want := "bad, cell 3: line 3: undefined: undefined; panic, cell 2: line 3: panic: this went wrong; " +
		"hang, cell 2: the cell did not end within 12 seconds"
	if err.Error() != want {
		t.Errorf("error %q, want %q", err, want)
	}
	n := readNotebook(t, filepath.Join(o.Out, "smoke.ipynb"))
	if !strings.Contains(n.output(), "43") {
		t.Error("the notebook after those that failed was not executed")
	}
	for _, source := range o.Sources {
		if n := readNotebook(t, source); n.output() != "" {
			t.Errorf("%s was updated although the run failed", source)
		}
	}
	noneLeft(t)
}

func TestRunInterrupted(t *testing.T) {
	o := options(t, "hang", "smoke")
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(e Event) {
		if e.Cell == 2 {
			time.AfterFunc(3*time.Second, cancel) // until the cell's program runs, or is compiled
		}
	}
	if err := Run(ctx, o); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	if _, err := os.Stat(filepath.Join(o.Out, "smoke.ipynb")); err == nil {
		t.Error("the run went on")
	}
	noneLeft(t)
}

// noneLeft checks that no kernel and no program of a cell is left. Their command lines contain the run's temporary
// directory.
func noneLeft(t *testing.T) {
	t.Helper()
	temporary := filepath.Join(os.TempDir(), temporaryName)
	output, err := exec.Command("ps", "-eo", "pid,args").Output()
	if err != nil {
		t.Skip("there is no ps")
	}
	for line := range strings.Lines(string(output)) {
		if strings.Contains(line, temporary) {
			t.Errorf("left behind: %s", line)
		}
	}
}

func TestRunTwiceAtOnce(t *testing.T) {
	o := options(t, "smoke")
	o.Progress = func(e Event) {
		if e.Cell != 1 {
			return
		}
		second := o
		second.Progress = nil
		if err := Run(t.Context(), second); err == nil || !strings.Contains(err.Error(), "another run") {
			t.Errorf("error %v", err)
		}
	}
	if err := Run(t.Context(), o); err != nil {
		t.Error(err)
	}
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "solutions"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"01_one.ipynb", "02b_more.ipynb", "02_two.ipynb", "10_ten.ipynb", "notes.ipynb",
		"solutions/02_two.ipynb"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	notes := filepath.Join(dir, "notes.ipynb")
	tests := []struct {
		names []string
		want  string
	}{
		{nil, "01_one.ipynb 02_two.ipynb 02b_more.ipynb 10_ten.ipynb solutions/02_two.ipynb"},
		{[]string{"02"}, "02_two.ipynb 02b_more.ipynb"},
		{[]string{"solutions/02", "10"}, "solutions/02_two.ipynb 10_ten.ipynb"},
		{[]string{"10", "01_one"}, "10_ten.ipynb 01_one.ipynb"},
		{[]string{"02_two.ipynb"}, "02_two.ipynb"},
		{[]string{notes}, "notes.ipynb"},
		{[]string{"03"}, "error"},
		{[]string{""}, "error"},
	}
	for _, test := range tests {
		list, err := List(dir, test.names...)
		for i, path := range list {
			list[i] = Name(path) + ".ipynb"
		}
		got := strings.Join(list, " ")
		if err != nil {
			got = "error"
		}
		if got != test.want {
			t.Errorf("%q gives %q, want %q", test.names, got, test.want)
		}
	}
	if _, err := List(t.TempDir()); err == nil {
		t.Error("an empty directory is no error")
	}
}
