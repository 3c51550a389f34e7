package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/lmkit/corpora"
)

// list is what corpus list says of each text.
func list(t *testing.T, args ...string) map[string]corpusRow {
	t.Helper()
	code, out, errors := call(t, "", append([]string{"corpus", "list", "--json"}, args...)...)
	var parsed struct{ Corpora []corpusRow }
	if err := json.Unmarshal([]byte(out), &parsed); code != exitDone || err != nil {
		t.Fatalf("%d, %v, %s%s", code, err, out, errors)
	}
	rows := make(map[string]corpusRow)
	for _, row := range parsed.Corpora {
		rows[row.Name] = row
	}
	return rows
}

// TestCorpora writes each corpus to a file, and compares what the list says with what that file is. The King James
// Bible is downloaded, but not in short mode.
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
			code, out, errors := call(t, "", "corpus", "get", corpus.Name, "--out", path, "--json")
			var got struct {
				Path, SHA256 string
				Size         int
			}
			if err := json.Unmarshal([]byte(out), &got); code != exitDone || err != nil || got.Path != path {
				t.Fatalf("%d, %v, %s%s", code, err, out, errors)
			}
			rows := list(t, path)
			known, file := rows[corpus.Name], rows[path]
			if known.Size != file.Size || known.Tokens != file.Tokens || known.Types != file.Types || known.SHA256 != file.SHA256 || got.SHA256 != file.SHA256 || got.Size != file.Size {
				t.Errorf("the list says %+v, the file is %+v", known, file)
			}
			if known.Rights == "" || known.Source == "" || known.Title == "" {
				t.Errorf("%+v", known)
			}
			if code, out, errors := call(t, "", "corpus", "get", corpus.Name); code != exitDone || !strings.HasPrefix(out, corpus.Name+": ") {
				t.Errorf("%d, %s%s", code, out, errors)
			}
		})
	}
}

// TestOpticksMissing takes Go's source tree away.
func TestOpticksMissing(t *testing.T) {
	bin := t.TempDir()
	if err := os.WriteFile(filepath.Join(bin, "go"), []byte("#!/bin/sh\necho "+bin+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin+":/bin")
	code, _, errors := call(t, "", "train", "--text", "opticks", "--out", filepath.Join(t.TempDir(), "run"))
	if code != exitFailed || strings.Count(errors, "\n") != 1 || !strings.Contains(errors, "some Linux packages leave out") || !strings.Contains(errors, "kjv") {
		t.Errorf("%d, %s", code, errors)
	}
}
