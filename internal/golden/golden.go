// Package golden is for tests that hold lmkit against an outsider: PyTorch, NLTK, Hugging Face. What the outsider
// computed is committed in testdata, with the script that made it; lmkit parity runs the same scripts on the
// Python packages of the day and the same tests on what they wrote.
package golden

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Variable is the environment variable that names the directory of what was computed just now.
const Variable = "LMKIT_GOLDENS"

// Path returns where a test finds a golden file or directory, given as testdata/... or with another package's folder before that: there,
// or, if $LMKIT_GOLDENS is set, in that directory.
func Path(path string) string {
	if dir := os.Getenv(Variable); dir != "" {
		_, name, _ := strings.Cut(filepath.ToSlash(path), "testdata/")
		return filepath.Join(dir, name)
	}
	return path
}

// Read reads the JSON of a golden file into value.
func Read(t testing.TB, path string, value any) {
	t.Helper()
	data, err := os.ReadFile(Path(path))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, value); err != nil {
		t.Fatalf("%s: %v", Path(path), err)
	}
}

// Agreement is the result of a comparison.
type Agreement struct {
	// Comparison says what was compared, and with what.
	Comparison string `json:"comparison"`
	// Cases is how many numbers, or texts, were compared.
	Cases int `json:"cases"`
	// Largest is the largest difference found, or how many differ; Limit is what is allowed.
	Largest float64 `json:"largest_difference"`
	Limit   float64 `json:"limit"`
}

// Attribute is the name of the test attribute, as go test -json reports it, that holds an Agreement as JSON.
const Attribute = "agreement"

// Agree reports a comparison, and fails the test if nothing was compared or the largest difference is above the limit.
func Agree(t testing.TB, a Agreement) {
	t.Helper()
	data, err := json.Marshal(a)
	if err != nil {
		t.Fatalf("%s: %v", a.Comparison, err) // NaN
	}
	t.Attr(Attribute, string(data))
	if a.Cases == 0 || !(a.Largest <= a.Limit) {
		t.Errorf("%s: %d cases, largest difference %g, allowed %g", a.Comparison, a.Cases, a.Largest, a.Limit)
	}
}
