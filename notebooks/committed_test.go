package notebooks

import (
	"os"
	"owlm/internal/oneline"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// committed returns the notebooks of this directory and their solutions.
func committed(t *testing.T) (list []notebook) {
	t.Helper()
	paths, err := List(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range paths {
		list = append(list, readNotebook(t, path))
	}
	return list
}

// machinePath matches what only one machine has.
var machinePath = regexp.MustCompile(`(^|[\s"'=(])(/(root|home|tmp|work|Users|var/folders)/\S+|[A-Z]:\\\S+)`)

const cellLines = 20

func TestCommitted(t *testing.T) {
	for _, n := range committed(t) {
		t.Run(n.Name, func(t *testing.T) {
			if n.Format != 4 || n.Metadata.Kernel.Name != "lmkit" {
				t.Errorf("format %d, kernel %q, want 4 and lmkit", n.Format, n.Metadata.Kernel.Name)
			}
			count := 0
			for _, c := range n.Cells {
				if c.Type != "code" {
					continue
				}
				count++
				if count == 1 && !strings.Contains(string(c.Source), "%noautoget") {
					t.Errorf("cell %s: the first code cell has no %%noautoget, so GoNB would use the network", c.ID)
				}
				checkCell(t, c, count)
			}
			if n.output() == "" {
				t.Error("there are no outputs; run lmkit notebooks --update")
			}
		})
	}
}

// checkCell checks the code cell with a number.
func checkCell(t *testing.T, c cell, count int) {
	t.Helper()
	if lines := strings.Count(strings.TrimSpace(string(c.Source)), "\n") + 1; lines > cellLines {
		t.Errorf("cell %s has %d lines; %d are the limit", c.ID, lines, cellLines)
	}
	if c.Count == nil || *c.Count != count {
		t.Errorf("cell %s was not executed in order; run lmkit notebooks --update", c.ID)
	}
	if path := machinePath.FindString(string(c.Source)); path != "" {
		t.Errorf("cell %s names %q, which only one machine has", c.ID, path)
	}
	if slices.Contains(c.Metadata.Tags, "volatile") && len(c.Outputs) > 0 {
		t.Errorf("cell %s is tagged volatile, but its outputs were kept; run lmkit notebooks --update", c.ID)
	}
	for _, o := range c.Outputs {
		if o.Type == "error" {
			t.Errorf("cell %s failed: %s", c.ID, oneline.First(o.Error))
		}
		picture, _ := o.Metadata["image/png"].(map[string]any)
		if alt, _ := picture["alt"].(string); o.Data["image/png"] != nil && alt == "" {
			t.Errorf("a picture of cell %s has no alternative text; run lmkit notebooks --update", c.ID)
		}
		if path := machinePath.FindString(o.String()); path != "" {
			t.Errorf("the output of cell %s names %q, which only one machine has", c.ID, path)
		}
	}
}

// TestHeadings looks for each heading of the source tutorial in its notebook, in order.
func TestHeadings(t *testing.T) {
	headings := map[string][]string{}
	for _, n := range committed(t) {
		for _, c := range n.Cells {
			for line := range strings.Lines(string(c.Source)) {
				if c.Type == "markdown" && strings.HasPrefix(line, "#") {
					headings[n.Name] = append(headings[n.Name], plainHeading(line))
				}
			}
		}
	}
	for _, e := range readTable(t, filepath.Join("testdata", "headings.txt")) {
		want := e.text
		if _, ours, found := strings.Cut(e.text, " => "); found {
			want = ours
		}
		rest := headings[e.notebook]
		at := slices.IndexFunc(rest, func(h string) bool { return strings.Contains(h, plainHeading(want)) })
		if at < 0 {
			t.Errorf("%s has no heading %q after the ones before it", e.notebook, want)
			continue
		}
		headings[e.notebook] = rest[at+1:]
	}
}

var headingMarks = regexp.MustCompile("[#*`_]")

var headingNumber = regexp.MustCompile(`^[\d.]+\s+`)

// plainHeading returns a heading in lower case, without number and emphasis.
func plainHeading(line string) string {
	text := strings.TrimSpace(headingMarks.ReplaceAllString(line, ""))
	return strings.ToLower(headingNumber.ReplaceAllString(text, ""))
}

func TestPlainHeading(t *testing.T) {
	tests := map[string]string{
		"## **1. Introduction**\n":            "introduction",
		"### Temperature parameter":           "temperature parameter",
		"5. Practical Implementation":         "practical implementation",
		"#### **Gated Recurrent Unit (GRU)**": "gated recurrent unit (gru)",
	}
	for line, want := range tests {
		if got := plainHeading(line); got != want {
			t.Errorf("%q became %q, want %q", line, got, want)
		}
	}
}

var (
	goBlock   = regexp.MustCompile("(?s)`([\\w/]+\\.go)`[^`]*(?:`[^`\n]+`[^`]*)*```go\n(.*?)```")
	goComment = regexp.MustCompile(`//[^\n]*`)
	spaces    = regexp.MustCompile(`\s+`)
)

// TestQuotedCode looks for the code that notebooks quote in the file that they name before it.
func TestQuotedCode(t *testing.T) {
	plain := func(code string) string { return spaces.ReplaceAllString(goComment.ReplaceAllString(code, ""), "") }
	quoted := 0
	for _, n := range committed(t) {
		for _, c := range n.Cells {
			if c.Type != "markdown" {
				continue
			}
			blocks := goBlock.FindAllStringSubmatch(string(c.Source), -1)
			if fences := strings.Count(string(c.Source), "```go"); fences != len(blocks) {
				t.Errorf("%s, cell %s: %d blocks of Go, of these %d after the name of a file",
					n.Name, c.ID, fences, len(blocks))
			}
			for _, block := range blocks {
				quoted++
				data, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(block[1])))
				if err != nil {
					t.Error(err)
				} else if !strings.Contains(plain(string(data)), plain(block[2])) {
					t.Errorf("%s, cell %s quotes code that is not in %s:\n%s", n.Name, c.ID, block[1], block[2])
				}
			}
		}
	}
	if quoted == 0 {
		t.Error("no notebook quotes code")
	}
}

// TestLinks follows the links between the notebooks.
func TestLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([\w./-]+\.(?:ipynb|md|go|txt))(?:#[^)]*)?\)`)
	for _, n := range committed(t) {
		for _, c := range n.Cells {
			for _, match := range link.FindAllStringSubmatch(string(c.Source), -1) {
				target := filepath.Join(filepath.Dir(n.Name), filepath.FromSlash(match[1]))
				if _, err := os.Stat(target); c.Type == "markdown" && err != nil {
					t.Errorf("%s, cell %s links to %s, which is not there", n.Name, c.ID, match[1])
				}
			}
		}
	}
}
