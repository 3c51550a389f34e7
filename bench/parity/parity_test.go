package parity

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"owlm/internal/golden"
)

// checkout is the root of the module.
const checkout = "../.."

// TestScriptsAreAll checks that every script in a testdata directory is run, except those that tests run themselves and
// make_types.py, whose output depends on the format only.
func TestScriptsAreAll(t *testing.T) {
	apart := []string{"torch_load.py", "torch_companion.py", "torch_side.py", "make_types.py"}
	var listed []string
	for _, s := range scripts(map[string]string{"kjv": "kjv.txt"}) {
		listed = append(listed, s.path)
	}
	found := 0
	err := filepath.WalkDir(filepath.Join(checkout, "lmkit"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".py" || filepath.Base(filepath.Dir(path)) != "testdata" ||
			slices.Contains(apart, entry.Name()) {
			return err
		}
		relative, err := filepath.Rel(checkout, path)
		if err != nil {
			return err
		}
		found++
		if !slices.Contains(listed, filepath.ToSlash(relative)) {
			t.Errorf("%s is not run", relative)
		}
		return nil
	})
	if err != nil || found != len(listed) {
		t.Errorf("%d scripts are there, %d are run: %v", found, len(listed), err)
	}
}

const events = `{"Action":"start","Package":"owlm/lmkit"}
{"Action":"attr","Package":"owlm/lmkit","Test":"TestB","Key":"agreement","Value":"{\"comparison\":\"b\",\"cases\":2,\"largest_difference\":0.25,\"limit\":0.5}"}
{"Action":"attr","Package":"owlm/lmkit","Test":"TestB","Key":"other","Value":"{"}
{"Action":"attr","Package":"owlm/lmkit","Test":"TestA","Key":"agreement","Value":"{\"comparison\":\"a\",\"cases\":1,\"largest_difference\":0,\"limit\":0}"}
{"Action":"output","Package":"owlm/lmkit","Test":"TestA","Output":"    a_test.go:3: they differ\n"}
{"Action":"output","Package":"owlm/lmkit","Test":"TestA","Output":"--- FAIL: TestA\n"}
{"Action":"fail","Package":"owlm/lmkit","Test":"TestA"}
# owlm/lmkit
{"Action":"output","Package":"owlm/lmkit","Test":"TestC","Output":"    c_test.go:4: no book\n"}
{"Action":"skip","Package":"owlm/lmkit","Test":"TestC"}
{"Action":"fail","Package":"owlm/lmkit"}
`

func TestReport(t *testing.T) {
	r := Report{Versions: map[string]string{"torch": "2", "Python": "3"}}
	if err := r.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	want := []golden.Agreement{{Comparison: "a", Cases: 1}, {Comparison: "b", Cases: 2, Largest: 0.25, Limit: 0.5}}
	if !slices.Equal(r.Agreements, want) {
		t.Errorf("%+v", r.Agreements)
	}
	var b bytes.Buffer
	if err := r.WriteTable(&b); err != nil {
		t.Fatal(err)
	}
	table := `| compared | cases | largest difference | allowed |
|---|---|---|---|
| a | 1 | 0 | 0 |
| b | 2 | 2.5e-01 | 5.0e-01 |

With Python 3, torch 2.
left out: owlm/lmkit TestC: c_test.go:4: no book
failed: owlm/lmkit TestA: a_test.go:3: they differ
`
	if b.String() != table {
		t.Errorf("%s", b.String())
	}
	damaged := strings.Replace(events, `{\"comparison\":\"b\"`, `{`, 1)
	if err := (&Report{}).read(strings.NewReader(damaged)); err == nil {
		t.Error("a damaged agreement was read")
	}
}

func TestRunNeedsPython(t *testing.T) {
	_, err := Run(t.Context(), checkout, "/no/such/python", &bytes.Buffer{})
	if err == nil || !strings.Contains(err.Error(), "/no/such/python") {
		t.Errorf("%v", err)
	}
}
