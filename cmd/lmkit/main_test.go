package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call runs lmkit in this process.
func call(t *testing.T, in string, args ...string) (code int, out, errors string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

// done runs lmkit, which must succeed, and returns its output.
func done(t *testing.T, args ...string) string {
	t.Helper()
	code, out, errors := call(t, "", args...)
	if code != exitDone {
		t.Fatalf("%q: %d\n%s%s", args, code, out, errors)
	}
	return out
}

// fails runs lmkit, which must exit with a code, print nothing and write one line with every part in want.
func fails(t *testing.T, args []string, code int, want ...string) {
	t.Helper()
	got, out, errors := call(t, "", args...)
	if got != code || out != "" || strings.Count(errors, "\n") != 1 {
		t.Errorf("%q: %d, want %d\n%s%s", args, got, code, out, errors)
	}
	for _, part := range want {
		if !strings.Contains(errors, part) {
			t.Errorf("%q: %s does not say %q", args, errors, part)
		}
	}
}

// words splits a formatted command line at its spaces.
func words(format string, values ...any) []string {
	return strings.Fields(fmt.Sprintf(format, values...))
}

// fault is a command line that must fail; see fails.
type fault struct {
	args []string
	code int
	want string
}

func TestExitCodes(t *testing.T) {
	t.Setenv("LMKIT_CACHE", t.TempDir())
	tests := []struct {
		args    string
		code    int
		message string // in standard error, or in standard output if the code is 0
	}{
		{"", 2, "Usage:"},
		{"--help", 0, "Usage:"},
		{"--version", 0, "lmkit "},
		{"fly", 2, `there is no verb "fly"`},
		{"--fast", 2, "--fast"},
		{"doctor --fast", 2, "--fast"},
		{"doctor now", 2, `unexpected argument "now"`},
		{"setup --backend tpu", 2, "it must be cpu or cuda"},
		{"setup --backend cuda", 1, "for the CPU only"},
		{"lab --port x", 2, "--port"},
		{"lab --port 0", 2, "--port is 0"},
		{"guard-lab /tmp", 2, "a directory and a program"},
		{"kernel", 2, "install or uninstall"},
		{"kernel list", 2, "install or uninstall"},
		{"kernel install --prefix /a --data-dir /b", 2, "exclude each other"},
		{"notebooks --backend", 2, "--backend"},
		{"try-plugin", 2, "one file, not 0"},
		{"try-plugin /no/such/plugin.so", 1, "/no/such/plugin.so"},
		{"bench --rounds 0", 2, "it must be 1 or more"},
		{"bench --workload W9", 2, "there are products, W1"},
		{"bench --scaling --peers", 2, "leave out --peers"},
		{"bench --backend tpu", 1, "no engine is called"},
		{"measure go", 2, "an engine and a workload"},
		{"measure go {", 2, "no JSON"},
		{"import --weights x", 2, "missing --vocabulary, --out"},
		{"import --weights /no/such.safetensors --vocabulary v --out o", 1, "/no/such.safetensors"},
		{"import --cell lsmt", 2, "rnn, lstm, gru"},
		{"parity --python /no/such/python", 1, "/no/such/python"},
		{"completion bash", 0, "bash completion"},
	}
	for _, test := range tests {
		t.Run(test.args, func(t *testing.T) {
			code, out, errors := call(t, "", strings.Fields(test.args)...)
			if code != test.code {
				t.Errorf("exit code %d, want %d: %s", code, test.code, errors)
			}
			where := errors
			if test.code == 0 {
				where = out
			}
			if !strings.Contains(where, test.message) {
				t.Errorf("output %q, errors %q: no %q", out, errors, test.message)
			}
			if test.code == 1 && strings.Count(errors, "\n") != 1 {
				t.Errorf("errors %q are not one line", errors)
			}
		})
	}
}

func TestEveryVerbHasAnExample(t *testing.T) {
	for _, verb := range verbs {
		c := verb()
		if c.Example == "" || c.Short == "" {
			t.Errorf("lmkit %s has no example or no summary", c.Name())
		}
		if code, out, _ := call(t, "", c.Name(), "-h"); code != 0 || !strings.Contains(out, "Examples:") {
			t.Errorf("lmkit %s -h: exit code %d, output %q", c.Name(), code, out)
		}
	}
}

func TestReport(t *testing.T) {
	tests := []struct {
		err  error
		code int
		line string
	}{
		{nil, 0, ""},
		{errors.New("bad\nstack"), 1, "lmkit: bad\n"},
		{context.Canceled, 130, "lmkit: interrupted\n"},
		{fmt.Errorf("stopped at step 7: %w", context.Canceled), 130, "lmkit: stopped at step 7: context canceled\n"},
		{&usageError{"train ", "missing --out"}, 2, "lmkit: missing --out; see lmkit train --help\n"},
	}
	for _, test := range tests {
		var b bytes.Buffer
		if code := report(test.err, &b); code != test.code || b.String() != test.line {
			t.Errorf("%v: exit code %d, %q", test.err, code, b.String())
		}
	}
}

func TestDoctor(t *testing.T) {
	t.Setenv("LMKIT_CACHE", t.TempDir())
	t.Setenv("LMKIT_XLA_PLUGIN", "")
	t.Setenv("LMKIT_BACKEND", "")
	code, out, stderr := call(t, "", "doctor", "--json")
	if code != 0 || stderr != "" {
		t.Fatalf("exit code %d, %q", code, stderr)
	}
	var report struct{ Findings []finding }
	if err := json.Unmarshal([]byte(out), &report); err != nil {
		t.Fatal(err)
	}
	found := map[string]finding{}
	for _, f := range report.Findings {
		found[f.Name] = f
	}
	for _, name := range []string{"lmkit", "go", "engine go", "engine auto", "checkout"} {
		if !found[name].OK {
			t.Errorf("%s: %+v", name, found[name])
		}
	}
	for _, name := range []string{"JupyterLab", "XLA for the CPU", "gonb, goimports", "kernel"} {
		if f := found[name]; f.OK || f.Fix != "lmkit setup" {
			t.Errorf("%s is found in an empty cache: %+v", name, f)
		}
	}
	if _, out, _ := call(t, "", "doctor"); !strings.Contains(out, "missing  JupyterLab") {
		t.Errorf("the table is %q", out)
	}
}

func TestCopyNotebooks(t *testing.T) {
	sources, dir := t.TempDir(), filepath.Join(t.TempDir(), "lab")
	for _, name := range []string{"01_one.ipynb", "02_two.ipynb"} {
		if err := os.WriteFile(filepath.Join(sources, name), []byte("new"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var log bytes.Buffer
	if err := copyNotebooks(sources, dir, &log); err != nil {
		t.Fatal(err)
	}
	changed := filepath.Join(dir, "01_one.ipynb")
	if err := os.WriteFile(changed, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := copyNotebooks(sources, dir, &log); err != nil {
		t.Fatal(err)
	}
	if data, _ := os.ReadFile(changed); string(data) != "mine" {
		t.Errorf("the user's notebook became %q", data)
	}
	if !strings.Contains(log.String(), "0 notebooks copied") {
		t.Errorf("log %q", log.String())
	}
}
