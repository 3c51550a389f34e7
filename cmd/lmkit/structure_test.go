package main

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkout is the root of the module.
const checkout = "../.."

// layers lists, for each package, the other packages of this module that it may import.
var layers = map[string]string{
	"plots":             "",
	"notebook":          "",
	"notebook/controls": "",

	"internal/files":   "",
	"internal/oneline": "",
	"internal/setup":   "",
	"internal/lab":     "",
	"internal/kernel":  "internal/files internal/oneline",

	"lmkit/internal/runes":    "",
	"lmkit/internal/treebank": "lmkit/internal/runes",
	"lmkit/internal/bytepair": "internal/files",
	"lmkit/text":              "internal/files lmkit/internal/runes lmkit/internal/treebank lmkit/internal/bytepair",
	"lmkit/dataset":           "internal/files lmkit/text lmkit/internal/bytepair",
	"lmkit/corpora":           "internal/setup lmkit/text",
	"lmkit/ngram":             "lmkit/dataset",

	"lmkit/sample":      "",
	"lmkit/safetensors": "",
	"lmkit/backend":     "internal/oneline internal/setup",
	"lmkit/rnn":         "",
	"lmkit/rnn/flow":    "lmkit/rnn lmkit/backend",
	"lmkit/network":     "internal/files internal/oneline lmkit/rnn lmkit/backend",
	"lmkit/rundir":      "internal/files internal/oneline lmkit/network lmkit/text",
	"lmkit": "internal/files internal/oneline lmkit/backend lmkit/dataset lmkit/network lmkit/rnn lmkit/rundir " +
		"lmkit/safetensors lmkit/sample lmkit/text",
	"lmkit/train": "internal/files internal/oneline lmkit lmkit/backend lmkit/dataset lmkit/network lmkit/rnn " +
		"lmkit/rundir lmkit/safetensors lmkit/text",
}

// outside lists, for each package, the beginnings of the paths that it may not depend on, not even indirectly.
var outside = map[string][]string{
	"plots":             {"github.com/gomlx/"},
	"notebook":          {"github.com/"},
	"notebook/controls": {"github.com/gomlx/"},
	"internal/setup":    {"github.com/gomlx/"},
	"internal/lab":      {"github.com/"},
	"internal/kernel":   {"github.com/gomlx/"},
	"lmkit/text":        {"github.com/gomlx/"},
	"lmkit/dataset":     {"github.com/gomlx/"},
	"lmkit/ngram":       {"github.com/gomlx/"},
	"lmkit/corpora":     {"github.com/gomlx/"},
	"lmkit/sample":      {"github.com/"},
	"lmkit/safetensors": {"github.com/"},
	"lmkit/rnn":         {"github.com/janpfeifer/"},
	"notebooks":         {"github.com/gomlx/", "owlm/cmd"},
}

// TestImportsGoOneWay checks that each package of the library imports only what it may.
func TestImportsGoOneWay(t *testing.T) {
	const module = "owlm/"
	for _, line := range goList(t, "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./...") {
		imports := strings.Fields(line)
		name := strings.TrimPrefix(imports[0], module)
		allowed, known := layers[name]
		if !known {
			if name == "lmkit" || strings.HasPrefix(name, "lmkit/") {
				t.Errorf("%s has no place in the layers", name)
			}
			continue
		}
		for _, path := range imports[1:] {
			own, ours := strings.CutPrefix(path, module)
			if ours && !slices.Contains(strings.Fields(allowed), own) {
				t.Errorf("%s imports %s", name, own)
			}
		}
	}
	for name, forbidden := range outside {
		for _, dependency := range goList(t, "-deps", "-f", "{{.ImportPath}}", "./"+name) {
			for _, beginning := range forbidden {
				if strings.HasPrefix(dependency, beginning) {
					t.Errorf("%s depends on %s", name, dependency)
				}
			}
		}
	}
}

// goList runs go list in the checkout and returns its lines.
func goList(t *testing.T, args ...string) []string {
	t.Helper()
	command := exec.Command("go", append([]string{"list"}, args...)...)
	command.Dir = checkout
	output, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	if len(lines) < 1 || lines[0] == "" {
		t.Fatalf("go list %q lists nothing", args)
	}
	return lines
}

// TestLibraryKnowsNoFlags looks for flags and verbs in the strings of the library. Only the command may name them.
func TestLibraryKnowsNoFlags(t *testing.T) {
	flag := regexp.MustCompile(`(^|[\s(,;])(--[a-z]|lmkit (train|eval|generate|corpus|ngram)\b)`)
	found := 0
	err := filepath.WalkDir(filepath.Join(checkout, "lmkit"), func(path string, _ os.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
				found++
				if strings.Contains(s.Value, "--xla_") || strings.Contains(s.Value, "--hash=") {
					return true // XLA's and pip's
				}
				if flag.MatchString(strings.Trim(s.Value, "\"`")) {
					t.Errorf("%s: %s", path, s.Value)
				}
			}
			return true
		})
		return nil
	})
	if err != nil || found < 500 {
		t.Errorf("%d strings, %v", found, err)
	}
}

// TestLinesWrap checks that lines of Go end within 120 columns, where a tab takes four.
func TestLinesWrap(t *testing.T) {
	others := []string{"testdata", ".git", ".ipynb_checkpoints", "executed"}
	found := 0
	err := filepath.WalkDir(checkout, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() && slices.Contains(others, entry.Name()) {
			return cmp.Or(err, fs.SkipDir)
		}
		// The program in side_test.go stands in docs/pytorch.md without its first tab.
		if !strings.HasSuffix(path, ".go") || entry.Name() == "side_test.go" {
			return nil
		}
		data, err := os.ReadFile(path)
		for i, line := range strings.Split(string(data), "\n") {
			found++
			quoted := strings.HasPrefix(line, `{"`) // what another program prints
			if n := utf8.RuneCountInString(line) + 3*strings.Count(line, "\t"); n > 120 && !quoted {
				t.Errorf("%s:%d: %d columns", path, i+1, n)
			}
		}
		return err
	})
	if err != nil || found < 10000 {
		t.Errorf("%d lines, %v", found, err)
	}
}

// TestNoTesting checks that the command does not link package testing.
func TestNoTesting(t *testing.T) {
	for _, dependency := range goList(t, "-deps", "./cmd/lmkit") {
		if dependency == "testing" || strings.HasPrefix(dependency, "testing/") {
			t.Errorf("cmd/lmkit depends on %s", dependency)
		}
	}
}
