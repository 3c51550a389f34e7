package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// checkout is the root of the module.
const checkout = "../.."

// TestImportsGoOneWay holds the dependencies of each package against what it may not touch.
func TestImportsGoOneWay(t *testing.T) {
	for _, c := range []struct {
		pkg       string
		forbidden []string // beginnings of import paths
	}{
		{"owlm/plots", []string{"owlm/", "github.com/gomlx/"}},
		{"owlm/lmkit/text", []string{"owlm/", "github.com/gomlx/"}},
		{"owlm/lmkit/sample", []string{"owlm/", "github.com/"}},
		{"owlm/lmkit/safetensors", []string{"owlm/", "github.com/"}},
		{"owlm/internal/setup", []string{"owlm/", "github.com/gomlx/"}},
		{"owlm/lmkit/rnn", []string{"owlm/", "github.com/janpfeifer/"}},
		{"owlm/lmkit", []string{"owlm/plots", "owlm/notebooks", "owlm/cmd"}},
		{"owlm/lmkit/backend", []string{"owlm/plots", "owlm/lmkit/rnn", "owlm/lmkit/text"}},
		{"owlm/notebooks", []string{"owlm/cmd", "github.com/gomlx/"}},
	} {
		command := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}}", c.pkg)
		command.Dir = checkout
		output, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		dependencies := strings.Fields(string(output))
		if !slices.Contains(dependencies, c.pkg) {
			t.Fatalf("go list -deps %s does not list it", c.pkg)
		}
		for _, dependency := range dependencies {
			for _, beginning := range c.forbidden {
				if dependency != c.pkg && strings.HasPrefix(dependency, beginning) {
					t.Errorf("%s depends on %s", c.pkg, dependency)
				}
			}
		}
	}
}

// TestTree compares the tree in the README with the disk: every directory with Go files is there, and nothing else.
func TestTree(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(checkout, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, tree, _ := strings.Cut(string(readme), "## The tree\n\n```\n")
	tree, _, _ = strings.Cut(tree, "```")
	var listed []string
	for _, line := range strings.Split(strings.TrimSpace(tree), "\n") {
		name, _, _ := strings.Cut(line, " ")
		if _, err := os.Stat(filepath.Join(checkout, name)); err != nil {
			t.Errorf("the README's tree lists %s: %v", name, err)
		}
		listed = append(listed, strings.TrimSuffix(name, "/"))
	}
	err = filepath.WalkDir(checkout, func(path string, entry os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && (name == "testdata" || name == ".git" || strings.HasPrefix(name, ".ipynb") || name == "executed") {
			return filepath.SkipDir
		}
		if relative, _ := filepath.Rel(checkout, filepath.Dir(path)); strings.HasSuffix(path, ".go") && !slices.Contains(listed, relative) {
			t.Errorf("the README's tree does not list %s", relative)
			return filepath.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestReadmeExample builds and runs the README's program in a module outside the checkout.
func TestReadmeExample(t *testing.T) {
	if testing.Short() {
		t.Skip("it links a program with XLA")
	}
	root, err := filepath.Abs(checkout)
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	program := regexp.MustCompile("(?s)```go\n(package main.*?)```").FindSubmatch(readme)
	if program == nil {
		t.Fatal("the README has no program")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "main.go"), program[1], 0o644); err != nil {
		t.Fatal(err)
	}
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "go.sum"), sums, 0o644); err != nil {
		t.Fatal(err)
	}
	var output []byte
	for _, args := range [][]string{
		{"mod", "init", "example"}, {"mod", "edit", "-require=owlm@v0.0.0", "-replace=owlm=" + root}, {"mod", "tidy"}, {"run", "."},
	} {
		command := exec.Command("go", args...)
		command.Dir = dir
		if output, err = command.CombinedOutput(); err != nil {
			t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, output)
		}
	}
	if words := strings.Fields(string(output)); len(words) != 20 {
		t.Errorf("%d words: %s", len(words), output)
	}
}

// TestNoTesting checks that the command does not link package testing.
func TestNoTesting(t *testing.T) {
	command := exec.Command("go", "list", "-deps", "./cmd/lmkit")
	command.Dir = checkout
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dependency := range strings.Fields(string(output)) {
		if dependency == "testing" || strings.HasPrefix(dependency, "testing/") {
			t.Errorf("cmd/lmkit depends on %s", dependency)
		}
	}
}
