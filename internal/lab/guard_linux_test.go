package lab

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// guardVariable makes the test program a guard, of the directory and the command in its arguments: Guard waits for
// every child, so it needs a process of its own.
const guardVariable = "LAB_TEST_GUARD"

func TestMain(m *testing.M) {
	if os.Getenv(guardVariable) != "" {
		if err := Guard(context.Background(), os.Stdin, os.Args[1], os.Args[2:]); err != nil {
			if err != ErrFailed {
				fmt.Fprintln(os.Stderr, "lmkit:", err)
			}
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// guarded starts a shell script under a guard. It returns the pipe that keeps the guard waiting, and the first line
// that the script prints.
func guarded(t *testing.T, script string) (c *exec.Cmd, life io.Closer, line, directory string) {
	t.Helper()
	directory = filepath.Join(t.TempDir(), "temporary")
	if err := os.Mkdir(directory, 0o700); err != nil {
		t.Fatal(err)
	}
	c = exec.Command(os.Args[0], directory, "sh", "-c", script)
	c.Env = append(os.Environ(), guardVariable+"="+directory)
	life, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	output, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr, c.WaitDelay = new(bytes.Buffer), 5*time.Second
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill() })
	line, err = bufio.NewReader(output).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return c, life, line, directory
}

// running returns the command lines of the processes that have a word in their environment. Linux shows it.
func running(word string) (commands []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environment, _ := os.ReadFile(file)
		if bytes.Contains(environment, []byte(word)) {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			commands = append(commands, string(bytes.ReplaceAll(command, []byte{0}, []byte{' '})))
		}
	}
	return commands
}

// stubborn starts processes in sessions of their own, one of which ignores what it is asked; their parents end.
const stubborn = `
(setsid sleep 300 & setsid sh -c 'trap "" TERM; sleep 300; sleep 300' &)
touch "$LAB_TEST_GUARD/file"
sleep 0.2; echo started
`

func TestGuardLeavesNothing(t *testing.T) {
	for name, script := range map[string]string{
		"left alone":   stubborn + "sleep 300",
		"ends itself":  stubborn + "exit 0",
		"asked to end": stubborn + "trap 'exit 0' TERM; while :; do sleep 0.1; done",
	} {
		t.Run(name, func(t *testing.T) {
			c, life, line, directory := guarded(t, script)
			if line != "started\n" {
				t.Fatalf("it printed %q", line)
			}
			if name != "ends itself" {
				if n := len(running(directory)); n < 5 { // the guard, two shells, two programs
					t.Errorf("%d processes run", n)
				}
				life.Close()
			}
			began := time.Now()
			if err := c.Wait(); (err != nil) != (name == "left alone") {
				t.Errorf("%v, %s", err, c.Stderr)
			}
			if d := time.Since(began); d > 5*time.Second {
				t.Errorf("it took %s", d)
			}
			if left := running(directory); left != nil {
				t.Errorf("%q still run", left)
			}
			if _, err := os.Stat(directory); !os.IsNotExist(err) {
				t.Errorf("the directory: %v", err)
			}
		})
	}
}

func TestGuardSaysHowItEnded(t *testing.T) {
	for script, want := range map[string]string{
		"echo; echo no port >&2; exit 3": "no port",
		"echo; kill -KILL $$":            "lmkit: it was killed",
	} {
		c, life, _, _ := guarded(t, script)
		defer life.Close()
		if err := c.Wait(); err == nil {
			t.Errorf("%q: no error", script)
		}
		if said := fmt.Sprint(c.Stderr); strings.TrimSpace(said) != want {
			t.Errorf("%q: %q, want %q", script, said, want)
		}
	}
}

// TestRun runs a program in the place of Python, which ends by itself or is interrupted.
func TestRun(t *testing.T) {
	parent, err := os.MkdirTemp("", "lab-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(parent)
	dir := t.TempDir()
	t.Setenv("TMPDIR", parent)
	t.Setenv(guardVariable, "yes")
	for script, want := range map[string]string{
		"echo '[C 2026-01-31 11:30:00.000 ServerApp] no port is free' >&2; exit 1": "JupyterLab ended: no port is free",
		"exit 3":           "JupyterLab ended: exit status 1", // the guard's
		"kill -KILL $$":    "JupyterLab ended: it was killed",
		"exec sleep 300":   context.DeadlineExceeded.Error(),
		"sleep 300 & wait": context.DeadlineExceeded.Error(),
	} {
		python := filepath.Join(dir, "python")
		if err := os.WriteFile(python, []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithTimeout(t.Context(), time.Second/2)
		err := Run(ctx, Options{
			Python: python, Settings: dir, Guard: []string{os.Args[0]}, Log: io.Discard,
			Kernel: func(string) (string, error) { return "lmkit", nil },
			Ready:  func(string) { t.Error("it is said to be ready") },
		})
		stop()
		if err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", script, err, want)
		}
		if left, _ := os.ReadDir(parent); len(left) > 0 {
			t.Errorf("%q left %v", script, left)
		}
		if left := running(parent); left != nil {
			t.Errorf("%q left %q", script, left)
		}
	}
}
