package corpora

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Opticks is Isaac Newton's Opticks. It comes with Go's sources; some Linux packages of Go leave it out.
var Opticks = lazily("opticks")

// opticksPath returns where Go's source tree has Opticks.
func opticksPath() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("the corpus opticks lies in Go's source tree, and go env GOROOT failed: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(root)), "src", "testdata", "Isaac.Newton-Opticks.txt")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the corpus opticks is missing: this installation of Go has no %s, as some Linux "+
			"packages leave out the tests; install Go from go.dev, or use the corpus kjv or a text file", path)
	}
	return path, nil
}

// opticksSHA256 is the sha256 of the file in Go's source tree.
const opticksSHA256 = "d4a9ac22462b35e7821a4f2706c211093da678620a8f9997989ee7cf8d507bbd"

// plainOpticks returns the plain text in Go's file, without the lines about those who prepared it.
func plainOpticks(file string) (string, error) {
	if err := checkSHA256(file, opticksSHA256); err != nil {
		return "", err
	}
	_, plain, _ := strings.Cut(file, "http://www.pgdp.net.\n")
	before, note, _ := strings.Cut(plain, "Transcriber's Note:")
	_, after, _ := strings.Cut(note, "*       *       *       *       *\n")
	return strings.TrimLeft(before, "\n") + strings.TrimLeft(after, "\n"), nil
}
