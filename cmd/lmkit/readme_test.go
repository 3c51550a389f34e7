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

// TestTree checks that the tree in the README lists every directory with Go files, and nothing that does not exist.
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
		others := []string{"testdata", ".git", ".ipynb_checkpoints", "executed"}
		if entry.IsDir() && slices.Contains(others, entry.Name()) {
			return filepath.SkipDir
		}
		relative, _ := filepath.Rel(checkout, filepath.Dir(path))
		if strings.HasSuffix(path, ".go") && !slices.Contains(listed, relative) {
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
		{"mod", "init", "example"}, {"mod", "edit", "-require=owlm@v0.0.0", "-replace=owlm=" + root}, {"mod", "tidy"},
		{"run", "."},
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
