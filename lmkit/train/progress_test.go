package train

import (
	"errors"
	"testing"
	"time"
)

// TestTimeLeft checks that the time left is computed from the second step on.
func TestTimeLeft(t *testing.T) {
	p := &notebookProgress{steps: 300, first: 1}
	for _, c := range []struct {
		step int
		took time.Duration
		want string
	}{{1, 0, ""}, {2, time.Second, ", 4m58s left"}, {101, 100 * time.Second, ", 3m19s left"},
		{300, 299 * time.Second, ", 0s left"}} {
		if got := p.left(c.step, c.took); got != c.want {
			t.Errorf("step %d: %q, want %q", c.step, got, c.want)
		}
	}
}

// TestProgressResult ends a run of 300 steps after 7.
func TestProgressResult(t *testing.T) {
	p := &notebookProgress{name: "gru", steps: 300, step: 7, epochs: 2}
	if got := p.result(nil); got != "gru: 7 steps, 2 epochs" {
		t.Error(got)
	}
	if got := p.result(errors.New("no power")); got != "gru: stopped: no power" {
		t.Error(got)
	}
}
