// Package golden is for tests that compare lmkit with an outsider: PyTorch, NLTK, Hugging Face. What the outsider
// computed is committed in testdata, with the script that made it. lmkit parity runs the same scripts on the Python
// packages of the day, and the same tests on what the scripts wrote.
package golden

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// Variable is the environment variable that names the directory of what was computed just now.
const Variable = "LMKIT_GOLDENS"

// T is what this package uses of a testing.TB. The command imports this package, and must not link package testing.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Skip(args ...any)
	Skipf(format string, args ...any)
	Attr(key, value string)
}

// Path returns where a test finds a golden file or directory. The path is given as testdata/..., with another package's
// folder before that where it belongs to that; if $LMKIT_GOLDENS is set, what follows testdata is looked up there.
func Path(path string) string {
	if dir := os.Getenv(Variable); dir != "" {
		_, name, _ := strings.Cut(filepath.ToSlash(path), "testdata/")
		return filepath.Join(dir, name)
	}
	return path
}

// Read reads the JSON of a golden file into value.
func Read(t T, path string, value any) {
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
	// Cases counts the numbers, or texts, that were compared.
	Cases int `json:"cases"`
	// Largest is the largest difference found, or how many texts differ. Limit is what is allowed.
	Largest float64 `json:"largest_difference"`
	Limit   float64 `json:"limit"`
}

// Attribute is the name of the test attribute, as go test -json reports it, that holds an Agreement as JSON.
const Attribute = "agreement"

// Agree reports a comparison. It fails the test if nothing was compared or the largest difference is above the limit.
func Agree(t T, a Agreement) {
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
