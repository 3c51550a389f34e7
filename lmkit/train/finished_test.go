package train

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rundir"
)

// TestRemoveFinished stops a run, continues it and begins it again, as a notebook's cell does that is run three times.
func TestRemoveFinished(t *testing.T) {
	c := tiny(backend.Go)
	c.Directory, c.Resume, c.Epochs = filepath.Join(t.TempDir(), "run"), true, 4
	mine := filepath.Join(c.Directory, "notes.txt")
	cell := func(hooks ...Hook) error {
		if err := rundir.RemoveFinished(c.Directory); err != nil {
			t.Fatal(err)
		}
		c.Hooks = hooks
		m, err := Run(t.Context(), corpora.Owl, c)
		if m != nil {
			m.Close()
		}
		return err
	}
	stop := errors.New("stop")
	first := 0
	seen := HookFunc(func(r rundir.Record) error {
		if first == 0 {
			first = r.Epoch
		}
		return nil
	})
	if err := cell(HookFunc(func(r rundir.Record) error {
		if r.Epoch == 2 {
			return stop
		}
		return nil
	})); !errors.Is(err, stop) {
		t.Fatal(err)
	}
	if err := os.WriteFile(mine, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{2, 1, 1} {
		first = 0
		if err := cell(seen); err != nil || first != want {
			t.Errorf("run %d begins with epoch %d, want %d: %v", i+2, first, want, err)
		}
	}
	if err := rundir.RemoveFinished(c.Directory); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(c.Directory)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != "notes.txt" && name != rundir.LockFile {
			t.Errorf("%s is left", name)
		}
	}
	if err := rundir.RemoveFinished(t.TempDir()); err != nil {
		t.Error(err)
	}
}
