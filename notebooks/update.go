package notebooks

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/google/renameio/v2"
)

// update writes the outputs of executed notebooks into the sources. It leaves out those of cells tagged "volatile",
// which contain times and paths, so that two runs write the same bytes.
func update(sources []string, out string) error {
	for _, source := range sources {
		executed, err := os.ReadFile(executedPath(out, source))
		if err != nil {
			return err
		}
		stable, err := stripVolatile(executed)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		if err := renameio.WriteFile(source, stable, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// stripVolatile empties the outputs of cells tagged "volatile", and replaces the kernel's description of itself.
func stripVolatile(notebook []byte) ([]byte, error) {
	var document map[string]any
	decoder := json.NewDecoder(bytes.NewReader(notebook))
	decoder.UseNumber()
	if err := decoder.Decode(&document); err != nil {
		return nil, err
	}
	cells, _ := document["cells"].([]any)
	for _, c := range cells {
		cell, _ := c.(map[string]any)
		if hasTag(cell, "volatile") {
			cell["outputs"] = []any{}
		}
	}
	if metadata, ok := document["metadata"].(map[string]any); ok {
		metadata["language_info"] = map[string]any{"file_extension": ".go", "mimetype": "text/x-go", "name": "go"}
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err := encoder.Encode(document)
	return b.Bytes(), err
}

// hasTag reports whether a cell has a tag.
func hasTag(cell map[string]any, tag string) bool {
	metadata, _ := cell["metadata"].(map[string]any)
	tags, _ := metadata["tags"].([]any)
	for _, t := range tags {
		if t == tag {
			return true
		}
	}
	return false
}
