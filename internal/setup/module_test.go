package setup

import (
	"os"
	"path/filepath"
	"testing"
)

func TestReadModule(t *testing.T) {
	for _, test := range []struct{ content, path, version string }{
		{"module a\n\nrequire b v1.2.3\n", "a", "v1.2.3"},
		{"// A comment.\nmodule \"a\"\r\n\r\nrequire (\r\n\tb v1.2.3 // indirect\r\n)\r\n", "a", "v1.2.3"},
		{"module a\nfuture (\n\tb v1.2.3\n)\n", "a", ""},
		{"", "", ""},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(test.content), 0o644); err != nil {
			t.Fatal(err)
		}
		m, err := readModule(dir)
		if err != nil || m.path != test.path || m.versions["b"] != test.version {
			t.Errorf("%q: %+v, %v", test.content, m, err)
		}
	}
	if _, err := readModule(t.TempDir()); err == nil {
		t.Error("a directory without go.mod is read")
	}
}

// TestModules checks that the modules of the checkout name what set-up looks for in them.
func TestModules(t *testing.T) {
	checkout, err := FindCheckout()
	if err != nil {
		t.Fatal(err)
	}
	for dir, paths := range map[string][]string{
		checkout: {gonbModule, toolsModule}, goplsModule(checkout): {goplsPackage},
	} {
		m, err := readModule(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			if m.versions[path] == "" {
				t.Errorf("%s does not require %s", m.path, path)
			}
		}
	}
}
