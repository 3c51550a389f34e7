package golden

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"owlm/internal/setup"
)

// Book returns the path of a book on this machine: Opticks comes with Go's sources, and lmkit corpus get kjv puts the
// King James Bible into lmkit's cache directory. A test without its book is skipped.
func Book(t T, name string) string {
	if name == "opticks" {
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			t.Skip("go env GOROOT:", err)
		}
		return filepath.Join(strings.TrimSpace(string(root)), "src", "testdata", "Isaac.Newton-Opticks.txt")
	}
	dir, err := setup.CacheDir()
	if err != nil {
		t.Skip(err)
	}
	found, err := filepath.Glob(filepath.Join(dir, "text-*", name+".txt"))
	if err != nil || found == nil {
		t.Skipf("%s was not downloaded; lmkit corpus get %s does it", name, name)
	}
	return found[0]
}

// Opticks returns the book that comes with Go's sources. A test without it is skipped.
func Opticks(t T) string {
	data, err := os.ReadFile(Book(t, "opticks"))
	if err != nil {
		t.Skip("this Go installation has no Opticks:", err)
	}
	if fmt.Sprintf("%x", sha256.Sum256(data)) != "d4a9ac22462b35e7821a4f2706c211093da678620a8f9997989ee7cf8d507bbd" {
		t.Skip("this Go installation has another edition of Opticks")
	}
	return string(data)
}
