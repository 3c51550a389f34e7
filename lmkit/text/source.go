package text

import (
	"fmt"
	"os"
	"owlm/internal/files"
	"strings"
)

// Source is a text that can be read from its beginning any number of times, as a stream.
type Source struct {
	// Name is what messages and receipts call it.
	Name string
	// Open begins to read. Its errors, and those of reading, name the source.
	Open func() (*Reader, error)
}

// String is a text in memory as a source.
func String(name, content string) Source {
	return Source{name, func() (*Reader, error) { return NewReader(name, strings.NewReader(content), false), nil }}
}

// File is a file as a source, read by ReadFile's rules. An empty file is an error.
func File(path string, lossy bool) Source {
	return Source{path, func() (*Reader, error) {
		file, err := os.Open(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, files.Reason(err))
		}
		r := NewReader(path, file, lossy)
		r.refuseEmpty = true
		return r, nil
	}}
}
