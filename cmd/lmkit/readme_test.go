package main

import (
	"os"
	"path/filepath"
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
