package rundir

import (
	"testing"

	"owlm/internal/want"
)

// TestOneWriter locks a directory twice, and again after it was unlocked.
func TestOneWriter(t *testing.T) {
	dir := t.TempDir()
	unlock, err := Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Lock(dir)
	want.Error(t, err, dir, "process")
	unlock()
	unlock, err = Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}
