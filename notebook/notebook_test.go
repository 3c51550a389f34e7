package notebook

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// saved is an error like *train.Interrupted.
type saved struct{ resumable bool }

func (saved) Error() string     { return "interrupted after step 3" }
func (s saved) Resumable() bool { return s.resumable }
func (saved) Unwrap() error     { return context.Canceled }

func TestMessage(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{errors.New("no such file"), "error: no such file"},
		{errors.New("two\nlines\n"), "error: two lines"},
		{fmt.Errorf("reading: %w", context.Canceled), "stopped: reading: context canceled"},
		{saved{true}, "stopped: interrupted after step 3; run the cell again to go on from there"},
		{saved{false}, "stopped: interrupted after step 3"},
	} {
		if got := message(test.err); got != test.want {
			t.Errorf("message(%q) = %q, want %q", test.err, got, test.want)
		}
	}
}

// TestCell runs this test as a cell would run, in a process of its own: Check ends it with one line and status 1, and
// an interrupt ends its context.
func TestCell(t *testing.T) {
	switch os.Getenv("NOTEBOOK_CELL") {
	case "check":
		Check(nil)
		fmt.Println(Must(42, nil))
		Check(errors.New("bad"))
		fmt.Println("not reached")
		return
	case "wait":
		ctx := Context()
		fmt.Println("waiting")
		<-ctx.Done()
		Check(ctx.Err())
	}
	start := func(mode string) (*exec.Cmd, *strings.Builder) {
		c := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCell$")
		c.Env = append(os.Environ(), "NOTEBOOK_CELL="+mode)
		var stderr strings.Builder
		c.Stderr = &stderr
		return c, &stderr
	}
	c, stderr := start("check")
	output, err := c.Output()
	if c.ProcessState.ExitCode() != 1 || string(output) != "42\n" || stderr.String() != "error: bad\n" {
		t.Errorf("output %q, stderr %q: %v", output, stderr, err)
	}
	c, stderr = start("wait")
	stdout, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	stdout.Read(make([]byte, 8)) // until it waits
	c.Process.Signal(syscall.SIGINT)
	timer := time.AfterFunc(10*time.Second, func() { c.Process.Kill() })
	defer timer.Stop()
	c.Wait()
	if c.ProcessState.ExitCode() != 1 || stderr.String() != "stopped: context canceled\n" {
		t.Errorf("status %v, stderr %q", c.ProcessState, stderr)
	}
}
