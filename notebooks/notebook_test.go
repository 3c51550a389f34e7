package notebooks

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// notebook is the part of an .ipynb file that the tests read.
type notebook struct {
	Name     string `json:"-"`
	Format   int    `json:"nbformat"`
	Metadata struct {
		Kernel struct {
			Name string `json:"name"`
		} `json:"kernelspec"`
	} `json:"metadata"`
	Cells []cell `json:"cells"`
}

type cell struct {
	ID       string `json:"id"`
	Type     string `json:"cell_type"`
	Source   text   `json:"source"`
	Metadata struct {
		Tags []string `json:"tags"`
	} `json:"metadata"`
	Count   *int     `json:"execution_count"`
	Outputs []output `json:"outputs"`
}

type output struct {
	Type      string         `json:"output_type"`
	Text      text           `json:"text"`
	Data      map[string]any `json:"data"`
	Metadata  map[string]any `json:"metadata"`
	Error     string         `json:"evalue"`
	Traceback []string       `json:"traceback"`
}

// text is a string, which a notebook may store as a list of lines.
type text string

func (t *text) UnmarshalJSON(data []byte) error {
	var lines []string
	if err := json.Unmarshal(data, &lines); err == nil {
		*t = text(strings.Join(lines, ""))
		return nil
	}
	return json.Unmarshal(data, (*string)(t))
}

// String returns an output's text in all forms that it has.
func (o output) String() string {
	parts := []string{string(o.Text)}
	for _, kind := range []string{"text/plain", "text/markdown", "text/html"} {
		data, err := json.Marshal(o.Data[kind])
		var t text
		if err == nil && json.Unmarshal(data, &t) == nil {
			parts = append(parts, string(t))
		}
	}
	return strings.Join(parts, "\n")
}

// output returns the text of all outputs.
func (n notebook) output() string {
	var b strings.Builder
	for _, c := range n.Cells {
		for _, o := range c.Outputs {
			b.WriteString(o.String() + "\n")
		}
	}
	return b.String()
}

func readNotebook(t *testing.T, path string) (n notebook) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &n); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	n.Name = Name(path)
	return n
}

// entry is a line of a table in testdata: NOTEBOOK: TEXT.
type entry struct{ notebook, text string }

func readTable(t *testing.T, path string) (table []entry) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || line[0] == '#' {
			continue
		}
		name, rest, found := strings.Cut(line, ": ")
		if !found {
			t.Fatalf("%s: %q is not NOTEBOOK: TEXT", path, line)
		}
		table = append(table, entry{name, rest})
	}
	return table
}
