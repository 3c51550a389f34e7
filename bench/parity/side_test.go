package parity

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// read returns the content of a file of the checkout.
func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(checkout, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// between returns the part of a text between two others.
func between(t *testing.T, text, before, after string) string {
	t.Helper()
	_, rest, found := strings.Cut(text, before)
	part, _, ends := strings.Cut(rest, after)
	if !found || !ends {
		t.Fatalf("%q and %q are not there", before, after)
	}
	return part
}

// TestSideBySide checks that docs/pytorch.md shows the two programs, and what they print, as they are.
func TestSideBySide(t *testing.T) {
	page, example := read(t, "docs/pytorch.md"), read(t, "lmkit/train/side_test.go")
	program := between(t, example, "func Example_pyTorch() {\n", "\t// Output:\n")
	program = strings.TrimPrefix(strings.ReplaceAll(program, "\n\t", "\n"), "\t")
	if shown := between(t, page, "```go\n", "```"); shown != program {
		t.Errorf("the page shows another program in Go:\n%s", shown)
	}
	printed := between(t, example, "\t// Output:\n", "}\n")
	printed = strings.TrimPrefix(strings.ReplaceAll(printed, "\n\t// ", "\n"), "\t// ")
	if shown := between(t, page, "Both print\n\n```\n", "```"); shown != printed {
		t.Errorf("the page shows another output:\n%s", shown)
	}
	script := read(t, "lmkit/train/testdata/torch_side.py")
	if shown := between(t, page, "```python\n", "```"); !strings.HasSuffix(script, "\n\n"+shown) {
		t.Errorf("the page shows another program in Python:\n%s", shown)
	}
}
