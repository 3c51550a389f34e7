package notebooks

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const tinyNotebook = `{"cells": [{"cell_type": "code", "execution_count": null, "id": "a", "metadata": {},
	"outputs": [], "source": ["%%\n"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`

// tinyCheckout returns a checkout with one package, which embeds a file, and two notebooks.
func tinyCheckout(t *testing.T) (dir string, sources []string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range map[string]string{
		"go.mod": "module tiny\n\ngo 1.26\n", "go.sum": "", "README.md": "# tiny\n",
		"tiny.go":      "package tiny\n\nimport _ \"embed\"\n\n//go:embed lock.txt\nvar Lock string\n",
		"tiny_test.go": "package tiny\n", "lock.txt": "a==1\n",
		"notebooks/01_one.ipynb": tinyNotebook, "notebooks/02_two.ipynb": tinyNotebook,
	} {
		replaceFile(t, filepath.Join(dir, name), content)
	}
	sources, err := List(filepath.Join(dir, "notebooks"))
	if err != nil {
		t.Fatal(err)
	}
	return dir, sources
}

func replaceFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestInputs changes what the outputs of a notebook depend on, and what they do not depend on.
func TestInputs(t *testing.T) {
	t.Setenv("LMKIT_CACHE", t.TempDir())
	dir, sources := tinyCheckout(t)
	hash := func(engine string) string {
		inputs, err := inputsOf(t.Context(), dir, engine, sources)
		if err != nil {
			t.Fatal(err)
		}
		return inputs[sources[0]]
	}
	before := hash("auto")
	for _, test := range []struct {
		file, old, new string
		matters        bool
	}{
		{"notebooks/01_one.ipynb", `%%\n`, `%%\n1`, true},
		{"notebooks/02_two.ipynb", `%%\n`, `%%\n1`, true},
		{"notebooks/01_one.ipynb", `"metadata": {}`, `"metadata": {"tags": ["volatile"]}`, true},
		{"notebooks/01_one.ipynb", `"outputs": []`, `"outputs": [{"output_type": "stream"}]`, false},
		{"notebooks/01_one.ipynb", `"execution_count": null`, `"execution_count": 3`, false},
		{"tiny.go", "Lock string", "Lock, Unused string", true},
		{"lock.txt", "1", "2", true},
		{"go.mod", "1.26", "1.26.1", true},
		{"go.sum", "", "x", true},
		{"tiny_test.go", "\n", "\n\nvar x = 1\n", false},
		{"README.md", "tiny", "small", false},
	} {
		path := filepath.Join(dir, test.file)
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		replaceFile(t, path, strings.Replace(string(was), test.old, test.new, 1))
		if changed := hash("auto") != before; changed != test.matters {
			t.Errorf("%s with %q: the hash changed: %v, want %v", test.file, test.new, changed, test.matters)
		}
		replaceFile(t, path, string(was))
	}
	if hash("") != before || hash("go") == before {
		t.Error("the engine is not part of the hash, or \"\" is not auto")
	}
	t.Setenv("LMKIT_BACKEND", "go")
	if hash("auto") == before {
		t.Error("LMKIT_BACKEND is not part of the hash")
	}
}

// TestRecord checks whose outputs a later run accepts: those of a notebook that was executed to its end with the same
// inputs, and not changed since.
func TestRecord(t *testing.T) {
	t.Setenv("LMKIT_CACHE", t.TempDir())
	dir, sources := tinyCheckout(t)
	out := t.TempDir()
	second := filepath.Join(dir, "notebooks", "02_two.ipynb")
	for _, test := range []struct {
		name  string
		event Event
		while func() // what happens during the run
		after func() // and after it
		stale string
	}{
		{"as it was", Event{Done: true}, nil, nil, ""},
		{"other cells", Event{Done: true}, nil,
			func() { replaceFile(t, second, strings.Replace(tinyNotebook, `%%`, `%%\n1`, 1)) }, "other sources"},
		{"changed during the run", Event{Done: true},
			func() { replaceFile(t, second, strings.Replace(tinyNotebook, `%%`, `%%\n2`, 1)) }, nil, "while a source"},
		{"other outputs", Event{Done: true}, nil,
			func() { replaceFile(t, filepath.Join(out, "02_two.ipynb"), "{}") }, "02_two was changed"},
		{"failed", Event{Error: "undefined"}, nil, nil, "02_two failed"},
		{"interrupted", Event{Cell: 1}, nil, nil, "02_two failed"},
		{"removed", Event{Done: true}, nil, func() { os.Remove(filepath.Join(out, "01_one.ipynb")) }, "01_one was not"},
	} {
		o := Options{Checkout: dir, Sources: sources}
		_, err := o.record(t.Context(), out, func(o Options) ([]Event, error) {
			for _, source := range sources {
				replaceFile(t, filepath.Join(out, filepath.Base(source)), tinyNotebook)
			}
			if test.while != nil {
				test.while()
			}
			o.Progress(Event{Notebook: "01_one", Done: true, Seconds: 3})
			test.event.Notebook, test.event.Seconds = "02_two", 4
			o.Progress(test.event)
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if test.after != nil {
			test.after()
		}
		inputs, err := inputsOf(t.Context(), dir, "auto", sources)
		if err != nil {
			t.Fatal(err)
		}
		got := stale(out, sources, inputs)
		if (got == "") != (test.stale == "") || !strings.Contains(got, test.stale) {
			t.Errorf("%s: %q, want %q", test.name, got, test.stale)
		}
		if r := readRecord(out); r["01_one"].Seconds != 3 || r["02_two"].Seconds != 4 {
			t.Errorf("%s: times %v", test.name, r)
		}
	}
	replaceFile(t, filepath.Join(out, recordName), "damaged")
	if r := readRecord(out); len(r) != 0 {
		t.Errorf("a damaged record gives %v", r)
	}
}
