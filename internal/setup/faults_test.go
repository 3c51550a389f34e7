//go:build unix

package setup

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestFailures(t *testing.T) {
	needWheel(t)
	tests := []struct {
		name, variable, value string
		message               string // in the error, or else in a problem
		rest                  string // what is installed all the same
	}{
		{"wrong checksum", "FAKE_PIP", "hash", "anyio==4.16.0 has sha256 cccc, expected aaaa or bbbb", "bin-"},
		{"no network", "FAKE_PIP", "offline", "pip could not download what it needs", "bin-"},
		{"cut download", "FAKE_PIP", "cut", "pip could not download what it needs", "bin-"},
		{"disk full", "FAKE_PIP", "full", "the disk is full", "bin-"},
		{"no venv", "FAKE_VENV", "missing", "install the package python3-venv", "bin-"},
		{"old Python", "FAKE_VERSION", "3.8", "is Python 3.8, and 3.10 or newer is needed", "bin-"},
		{"plugin with another hash", "FAKE_PLUGIN", "something else", "xla_cpu_pjrt.so has sha256", "python-"},
		{"no C compiler", "FAKE_CC", "no-such-cc", "install the package gcc", "python-"},
		{"cgo off", "FAKE_CGO", "0", "CGO_ENABLED=0", "python-"},
		{"modules not reached", "FAKE_BUILD", "offline", "no such host", "python-"},
		{"cells not compiled", "FAKE_CELLS", "broken", "the first cells will take longer: no space", "python-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFake(t)
			t.Setenv(test.variable, test.value)
			e, err := f.run()
			messages := strings.Join(e.Problems, "\n")
			if err != nil {
				messages += "\n" + err.Error()
			}
			if !strings.Contains(messages, test.message) {
				t.Errorf("%q does not contain %q", messages, test.message)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is more than a line", err)
			}
			names := strings.Join(f.files(), " ")
			if strings.Contains(names, leftover) || !strings.Contains(names, test.rest) {
				t.Errorf("the cache contains %s", names)
			}
			t.Setenv(test.variable, "")
			if _, err := f.run(); err != nil {
				t.Errorf("a retry fails: %v", err)
			}
		})
	}
}

func TestPythonMissing(t *testing.T) {
	needWheel(t)
	f := newFake(t)
	bin := t.TempDir()
	if err := os.Symlink(filepath.Join(os.Getenv("PATH"), "go"), filepath.Join(bin, "go")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	e, err := f.run()
	if err == nil || !strings.Contains(err.Error(), "python3-venv") {
		t.Errorf("error %v", err)
	}
	if e.Bin == "" || len(e.Problems) != 1 {
		t.Errorf("%+v", e)
	}
}

func TestFullDisk(t *testing.T) {
	err := checkSpace("here", neededSpace, func(string) (uint64, bool) { return 300 << 20, true })
	if err == nil || !strings.HasPrefix(err.Error(), "here has 300 MB free") {
		t.Error(err)
	}
	if err := checkSpace("here", neededSpace, func(string) (uint64, bool) { return 0, false }); err != nil {
		t.Error(err)
	}
}

func TestBrokenPlugin(t *testing.T) {
	needWheel(t)
	f := newFake(t)
	f.probe = errors.New("illegal instruction")
	e, err := f.run()
	if err != nil || len(e.Problems) != 1 || !strings.Contains(e.Problems[0], "illegal instruction") ||
		e.Plugin.Path != "" {
		t.Errorf("%+v, %v", e, err)
	}
	if _, ok, _ := XLAPlugin(); ok {
		t.Error("a plugin that does not work was recorded")
	}
}

func TestDamagedPlugin(t *testing.T) {
	needWheel(t)
	f := newFake(t)
	e, err := f.run()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(e.Plugin.Path, []byte("plug"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := XLAPlugin(); ok {
		t.Error("a cut plugin is taken for a whole one")
	}
	t.Setenv("FAKE_PIP", "offline")
	if e, _ := f.run(); len(e.Problems) != 1 {
		t.Errorf("%+v", e)
	}
	t.Setenv("FAKE_PIP", "")
	if e, err := f.run(); err != nil || checkPlugin(e.Plugin.Path) != nil {
		t.Errorf("it was not repaired: %+v, %v", e, err)
	}
}

func TestOwnPlugin(t *testing.T) {
	f := newFake(t)
	t.Setenv("LMKIT_XLA_PLUGIN", "/opt/xla.so")
	for range 2 {
		if e, err := f.run(); err != nil || e.Plugin.Path != "/opt/xla.so" {
			t.Errorf("%+v, %v", e, err)
		}
	}
	if len(f.probed) != 1 || f.probed[0] != "/opt/xla.so" || f.calls("--target") != 0 {
		t.Errorf("probed %v, %d downloads", f.probed, f.calls("--target"))
	}
}

func TestTwoAtOnce(t *testing.T) {
	needWheel(t)
	f := newFake(t)
	t.Setenv("FAKE_PIP", "slow")
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			if _, err := f.run(); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := f.calls("pip install"); n != 2 {
		t.Errorf("pip was called %d times, want once for the programs and once for the plugin", n)
	}
}

func TestInterrupted(t *testing.T) {
	f := newFake(t)
	t.Setenv("FAKE_PIP", "stuck")
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		for f.calls("pip install") == 0 {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
	}()
	if _, err := f.runWith(ctx); err != context.Canceled {
		t.Errorf("error %v", err)
	}
	for _, name := range f.files() {
		if !isComplete(filepath.Join(f.cache, name)) {
			t.Errorf("%s was left behind", name)
		}
	}
}

func TestKilled(t *testing.T) {
	needWheel(t)
	f := newFake(t)
	// A set-up that is killed leaves parts without their last file.
	half := []string{venvDir(f.cache), filepath.Join(f.cache, leftover+"1"), filepath.Join(f.cache, pluginDir)}
	for _, dir := range half {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "half"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.run(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range half {
		if exists(filepath.Join(dir, "half")) {
			t.Errorf("%s was not installed again", dir)
		}
	}
}
