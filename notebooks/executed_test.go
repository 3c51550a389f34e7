package notebooks

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"owlm/internal/setup"
)

// executed returns a directory with the executed notebooks: what lmkit notebooks left in the checkout, if executing
// them again would give the same, or else a new one.
func executed(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("executing the notebooks takes minutes")
	}
	sources, err := List(".")
	if err != nil {
		t.Fatal(err)
	}
	checkout, err := setup.FindCheckout()
	if err != nil {
		t.Fatal(err)
	}
	inputs, err := inputsOf(t.Context(), checkout, "auto", sources)
	if err != nil {
		t.Fatal(err)
	}
	last := filepath.Join(checkout, "executed")
	why := stale(last, sources, inputs)
	if why == "" {
		t.Logf("the notebooks in %s were executed with what is here now; they are not executed again", last)
		return last
	}
	t.Logf("the notebooks are executed, because in %s %s", last, why)
	dir := t.TempDir()
	command := exec.Command("go", "run", "owlm/cmd/lmkit", "notebooks", "--out", dir)
	command.Stdout, command.Stderr = t.Output(), t.Output()
	if err := command.Run(); err != nil {
		t.Fatal("lmkit notebooks: ", err)
	}
	return dir
}

var expectedCount = regexp.MustCompile(`^(\d+) \* (.*)$`)

// expectation parses a line of expected.txt. count is -1 for at least once.
func expectation(t *testing.T, line string) (pattern *regexp.Regexp, count int) {
	t.Helper()
	count = -1
	if match := expectedCount.FindStringSubmatch(line); match != nil {
		count, _ = strconv.Atoi(match[1])
		line = match[2]
	}
	expression := regexp.QuoteMeta(line)
	if len(line) > 1 && line[0] == '/' && line[len(line)-1] == '/' {
		expression = line[1 : len(line)-1]
	}
	pattern, err := regexp.Compile("(?m)" + expression)
	if err != nil {
		t.Fatal(err)
	}
	return pattern, count
}

func TestExecuted(t *testing.T) {
	committed(t)
	dir := executed(t)
	paths, err := List(".")
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]string{}
	var all []notebook
	for _, path := range paths {
		n := readNotebook(t, executedPath(dir, path))
		outputs[n.Name], all = n.output(), append(all, n)
		for _, c := range n.Cells {
			if c.Type == "code" && c.Count == nil {
				t.Errorf("%s, cell %s was not executed", n.Name, c.ID)
			}
		}
	}
	checkSite(t, dir, all)
	for _, e := range readTable(t, filepath.Join("testdata", "expected.txt")) {
		pattern, count := expectation(t, e.text)
		found := len(pattern.FindAllString(outputs[e.notebook], -1))
		if found == 0 && count != 0 || count >= 0 && found != count {
			t.Errorf("%s: %s was found %d times in the output", e.notebook, e.text, found)
		}
	}
}
