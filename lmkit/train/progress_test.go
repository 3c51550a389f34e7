package train

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// TestTimeLeft checks that the time left is computed from the second step on.
func TestTimeLeft(t *testing.T) {
	p := &progress{steps: 300, first: 1}
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
	p := &progress{name: "gru", steps: 300, step: 7, epochs: 2}
	if got := p.result(nil); got != "gru: 7 steps, 2 epochs" {
		t.Error(got)
	}
	if got := p.result(errors.New("no power")); got != "gru: stopped after step 7 of 300" {
		t.Error(got)
	}
}

// TestTerminalBar draws a run of four steps, of which each takes long enough to be shown.
func TestTerminalBar(t *testing.T) {
	var w strings.Builder
	p := &progress{show: terminalBar{&w}}
	p.Start("gru", 2, 4)
	for step := range 4 {
		p.last = time.Time{}
		p.Step(step+1, 2.5)
	}
	p.End(nil)
	const clear = "\r\x1b[K"
	lines := strings.Split(w.String(), clear)
	if len(lines) != 7 || lines[1] != "gru: compiling …\r" || lines[6] != "" {
		t.Fatalf("%q", lines)
	}
	if want := "gru [======                  ] step 1 of 4, loss 2.5000\r"; lines[2] != want {
		t.Errorf("%q, want %q", lines[2], want)
	}
	if !strings.HasPrefix(lines[5], "gru [========================] step 4 of 4, loss 2.5000, 0s left") {
		t.Errorf("%q", lines[5])
	}
}
