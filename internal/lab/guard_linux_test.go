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

// guardVariable makes the test program a guard of the command in its arguments: Guard waits for every child, so it
// needs a process of its own.
const guardVariable = "LAB_TEST_GUARD"

func TestMain(m *testing.M) {
	if directory := os.Getenv(guardVariable); directory != "" {
		if err := Guard(context.Background(), os.Stdin, directory, os.Args[1:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
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
	c = exec.Command(os.Args[0], "sh", "-c", script)
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
		"echo; exit 3":        "exit status 3",
		"echo; kill -KILL $$": "killed",
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
