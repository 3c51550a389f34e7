package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/lmkit/corpora"
)

// list returns the rows of corpus list by their names.
func list(t *testing.T, args ...string) map[string]corpusRow {
	t.Helper()
	out := done(t, append([]string{"corpus", "list", "--json"}, args...)...)
	var parsed struct{ Corpora []corpusRow }
	if err := json.Unmarshal([]byte(out), &parsed); err != nil {
		t.Fatalf("%v, %s", err, out)
	}
	rows := make(map[string]corpusRow)
	for _, row := range parsed.Corpora {
		rows[row.Name] = row
	}
	return rows
}

// TestCorpora writes each corpus to a file and compares its row in the list with that of the file. The King James Bible
// may have to be downloaded, so short mode skips it.
func TestCorpora(t *testing.T) {
	for _, corpus := range corpora.All {
		t.Run(corpus.Name, func(t *testing.T) {
			if corpus.Name == "kjv" && testing.Short() {
				t.Skip("it may have to be downloaded")
			}
			if _, err := corpora.Path(t.Context(), "opticks", nil); corpus.Name == "opticks" && err != nil {
				t.Skip(err)
			}
			path := filepath.Join(t.TempDir(), corpus.Name+".txt")
			out := done(t, "corpus", "get", corpus.Name, "--out", path, "--json")
			var got struct {
				Path, SHA256 string
				Size         int
			}
			if err := json.Unmarshal([]byte(out), &got); err != nil || got.Path != path {
				t.Fatalf("%v, %s", err, out)
			}
			rows := list(t, path)
			known, file := rows[corpus.Name], rows[path]
			if known.Size != file.Size || known.Tokens != file.Tokens || known.Types != file.Types ||
				known.SHA256 != file.SHA256 || got.SHA256 != file.SHA256 || got.Size != file.Size {
				t.Errorf("the list says %+v, the file is %+v", known, file)
			}
			if known.Rights == "" || known.Source == "" || known.Title == "" {
				t.Errorf("%+v", known)
			}
			if out := done(t, "corpus", "get", corpus.Name); !strings.HasPrefix(out, corpus.Name+": ") {
				t.Error(out)
			}
		})
	}
}

// TestOpticksMissing trains on opticks without Go's source tree.
func TestOpticksMissing(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\necho "+bin+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":/bin")
	args := words("train --text opticks --out %s/run", t.TempDir())
	fails(t, args, exitFailed, "some Linux packages leave out", "kjv")
}
