package backend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/setup"
)

func TestOpenGo(t *testing.T) {
	engine, err := Open(Go)
	if err != nil {
		t.Fatal(err)
	}
	if engine.Kind != Go || engine.Reason != "go: asked for" {
		t.Errorf("kind %q, reason %q", engine.Kind, engine.Reason)
	}
	if again, _ := Open(Go); again.Backend != engine.Backend {
		t.Error("a second engine was opened")
	}
	if err := engine.Try(); err != nil {
		t.Error(err)
	}
}

func TestAuto(t *testing.T) {
	tests := []struct {
		name, environment, reason string
	}{
		{"nothing installed", "", "not installed"},
		{"named by the environment", Go, "LMKIT_BACKEND names it"},
		{"auto in the environment", "auto", "not installed"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("LMKIT_BACKEND", test.environment)
			t.Setenv("LMKIT_XLA_PLUGIN", "")
			t.Setenv("LMKIT_CACHE", t.TempDir())
			engine, err := Open("auto")
			if err != nil {
				t.Fatal(err)
			}
			if engine.Kind != Go || built && !strings.Contains(engine.Reason, test.reason) {
				t.Errorf("kind %q, reason %q", engine.Kind, engine.Reason)
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "page.so")
	if err := os.WriteFile(page, []byte("<html>not a plugin</html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, engine, plugin, message string }{
		{"unknown", "tpu", "", `no engine is called "tpu"; there are auto, go, xla:cpu`},
		{"no CUDA", XLACUDA, "", "xla:cuda needs"},
		{"not installed", XLACPU, "", "run lmkit setup"},
		{"relative", XLACPU, "plugin.so", "absolute path"},
		{"missing", XLACPU, filepath.Join(dir, "none.so"), "no such file"},
		{"a directory", XLACPU, dir, "no such file"},
		{"not a library", XLACPU, page, "cannot be loaded"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.plugin == "" && test.engine == XLACPU || test.plugin != "" {
				skipWithoutXLA(t)
			}
			t.Setenv("LMKIT_XLA_PLUGIN", test.plugin)
			t.Setenv("LMKIT_CACHE", t.TempDir())
			delete(opened, test.engine)
			_, err := Open(test.engine)
			if err == nil || !strings.Contains(err.Error(), test.message) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q, want one line with %q", err, test.message)
			}
		})
	}
}

func TestSetFlags(t *testing.T) {
	tests := []struct{ before, after string }{
		{"", "--a=false --b"},
		{"--a=true", "--a=true --b"},
		{"--ab --b", "--ab --b --a=false"},
	}
	for _, test := range tests {
		t.Setenv("XLA_FLAGS", test.before)
		setFlags([]string{"--a=false", "--b"})
		if after := os.Getenv("XLA_FLAGS"); after != test.after {
			t.Errorf("%q became %q, want %q", test.before, after, test.after)
		}
	}
}

// TestHelp checks that each engine in the help of a flag can be opened, or installed.
func TestHelp(t *testing.T) {
	t.Setenv("LMKIT_BACKEND", "")
	if help := Help(); help != "auto, go or xla:cpu" {
		t.Errorf("%q", help)
	}
	for _, name := range Names {
		if _, err := Open(name); err != nil && !strings.Contains(err.Error(), "run lmkit setup") && built {
			t.Errorf("%s is listed and cannot be opened: %v", name, err)
		}
	}
}

// TestPlugin opens the installed plugin by a path that go-xla would take for a GPU's.
func TestPlugin(t *testing.T) {
	skipWithoutXLA(t)
	path := os.Getenv("LMKIT_XLA_PLUGIN")
	if path == "" {
		plugin, ok, err := setup.XLAPlugin()
		if err != nil || !ok {
			t.Skip("no plugin is installed")
		}
		path = plugin.Path
	}
	dir := filepath.Join(t.TempDir(), "nvidia")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "plugin.so")
	if err := os.Symlink(path, link); err != nil {
		t.Skip(err)
	}
	engine, err := OpenPlugin(link)
	if err != nil {
		t.Fatal(err)
	}
	if err := engine.Try(); err != nil {
		t.Error(err)
	}
	if strings.Contains(engine.String(), dir) {
		t.Errorf("%q names a directory", engine)
	}
}

func skipWithoutXLA(t *testing.T) {
	if !built {
		t.Skip("built without XLA")
	}
}
