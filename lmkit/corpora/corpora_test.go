package corpora

import (
	"io"
	"path/filepath"
	"testing"

	"owlm/internal/golden"
	"owlm/internal/want"
	"owlm/lmkit/text"
)

// TestCounts compares the corpora that need no download with their descriptions.
func TestCounts(t *testing.T) {
	golden.Opticks(t) // or skip
	for name, source := range map[string]text.Source{"owl": Owl, "opticks": Opticks} {
		content, err := source.Text()
		if err != nil {
			t.Fatal(err)
		}
		c, ok := Named(name)
		if !ok || source.Name != name {
			t.Errorf("no corpus %q, %q", name, source.Name)
		}
		if _, err := c.source(content); err != nil {
			t.Error(err)
		}
		types := make(map[string]bool)
		tokens := text.Words{Lowercase: true}.Tokenize(content)
		for _, token := range tokens {
			types[token] = true
		}
		if len(content) != c.Size || len(tokens) != c.Tokens || len(types) != c.Types {
			t.Errorf("%s has %d bytes, %d tokens, %d types; want %+v", name, len(content), len(tokens), len(types), c)
		}
	}
}

// TestOpen opens a file by its path, and refuses a corpus that was changed.
func TestOpen(t *testing.T) {
	source, err := Open(t.Context(), want.File(t, "a.txt", "an \xffowl"), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	if content, err := source.Text(); err != nil || content != "an \uFFFDowl" {
		t.Errorf("%q, %v", content, err)
	}
	owl, _ := Named("owl")
	_, err = owl.source("another text")
	want.Error(t, err, "the corpus owl", owl.SHA256)
}

// TestLazyTriesAgain reads Opticks where there is none, and then where it is.
func TestLazyTriesAgain(t *testing.T) {
	golden.Opticks(t) // or skip
	source := lazily("opticks")
	t.Run("none", func(t *testing.T) {
		t.Setenv("GOROOT", filepath.Join(t.TempDir(), "go"))
		_, err := source.Open()
		want.Error(t, err, "opticks")
	})
	r, err := source.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if n, err := io.Copy(io.Discard, r); err != nil || n == 0 {
		t.Errorf("%d bytes, %v", n, err)
	}
}
