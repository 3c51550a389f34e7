package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/want"
)

// TestErrorsNameTheFile writes and reads where nothing can be: each error names the file once, and no temporary file.
func TestErrorsNameTheFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "nowhere", "config.json")
	directory := filepath.Join(t.TempDir(), "directory")
	if err := os.MkdirAll(filepath.Join(directory, "full"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		err  error
	}{
		"write":          {missing, Write(missing, nil)},
		"write over":     {directory, Write(directory, nil)},
		"write JSON":     {missing, WriteJSON(missing, 1)},
		"no JSON":        {missing, WriteJSON(missing, make(chan int))},
		"read JSON":      {missing, ReadJSON(missing, new(int))},
		"read directory": {directory, ReadJSON(directory, new(int))},
	} {
		want.Error(t, c.err, c.path+": ")
		if strings.Count(c.err.Error(), filepath.Dir(c.path)) != 1 {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if err := Write(missing, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

func TestStrictJSON(t *testing.T) {
	type target struct {
		Size int `json:"size"`
	}
	for data, problem := range map[string]string{
		`{"size":"x"}`: "size is of type string; it must be int", `{"siz":1}`: `"siz"`, `{} {}`: "more than one",
		`[1]`: "array", `{"size":1`: "EOF",
	} {
		want.Error(t, StrictJSON([]byte(data), new(target)), problem)
	}
	var got target
	if err := StrictJSON([]byte(` {"size":3}`+"\n"), &got); err != nil || got.Size != 3 {
		t.Errorf("%+v, %v", got, err)
	}
}
