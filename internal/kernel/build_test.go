package kernel

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain lets the go command call this program in place of its tools, as Prepare asks it to.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == CaptureJob {
		os.Exit(Capture(os.Args[2], os.Args[3:]))
	}
	os.Exit(m.Run())
}

// write writes files, whose directories it makes.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestBuild makes a plan for a cell in a workspace with a module, as GoNB makes it, and builds cells with it.
func TestBuild(t *testing.T) {
	dir, cache := t.TempDir(), t.TempDir()
	const cell = "package main\n\nimport (\n\t\"fmt\"\n\n\t\"lib/greet\"\n)\n\n" +
		"func main() { fmt.Println(greet.Word()) }\n"
	write(t, dir, map[string]string{
		"lib/go.mod":                "module lib\n\ngo 1.26\n",
		"lib/greet/greet.go":        "package greet\n\nfunc Word() string { return \"hello\" }\n",
		"lib/internal/own/own.go":   "package own\n",
		"lib/cmd/program/main.go":   "package main\n\nfunc main() {}\n",
		"lib/greet/greet_test.go":   "package greet\n",
		"gonb_1/go.mod":             "module gonb_1\n\ngo 1.26\n\nreplace lib => " + filepath.Join(dir, "lib") + "\n",
		"gonb_1/go.work":            "go 1.26\n\nuse (\n\t.\n\t../lib\n)\n",
		"gonb_1/main.go":            cell,
		"lib/greet/embedded/a.html": "",
	})
	t.Chdir(filepath.Join(dir, "gonb_1"))
	t.Setenv("GOWORK", "")
	t.Setenv("GOFLAGS", "")
	goCommand, err := realGo()
	if err != nil {
		t.Skip(err)
	}
	if err := prepare(t.Context(), cache, nil, "fmt"); err != nil {
		t.Fatal(err)
	}
	path, err := planFile(cache, ".", goCommand, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := readPlan(path)
	if !ok {
		t.Fatal("there is no plan")
	}
	build := func(source string) (status int, said string) {
		t.Helper()
		write(t, ".", map[string]string{"main.go": source})
		var w strings.Builder
		_, status, ok := p.build("program", &w)
		if !ok {
			t.Fatalf("%s\ncannot be built", source)
		}
		return status, w.String()
	}
	for _, word := range []string{"one", "two"} {
		if status, said := build(strings.Replace(cell, "greet.Word()", "greet.Word(), \""+word+"\"", 1)); status != 0 {
			t.Fatal(said)
		}
		output, err := exec.Command("./program").Output()
		if want := "hello " + word + "\n"; string(output) != want {
			t.Errorf("the program prints %q, want %q: %v", output, want, err)
		}
	}
	status, said := build(strings.Replace(cell, "Word()", "Wird()", 1))
	if status != 1 || !strings.Contains(said, "main.go:9:33: undefined: greet.Wird") {
		t.Errorf("a typo: status %d, %q", status, said)
	}

	for _, test := range []struct {
		source string
		want   bool
	}{
		{cell, true},
		{"package main\n\nimport \"strings\"\n", true}, // fmt or lib imports it
		{"package main\n\nimport \"net/http\"\n", false},
		{"package main\n\nimport \"C\"\n", false},
		{"package main\n\nimport _ \"embed\"\n\n//go:embed a\nvar a string\n", false},
		{"package main\n\nimport \"unsafe\"\n", true},
		{"pakage main", false},
	} {
		if test.source == "package main\n\nimport \"strings\"\n" && p.Packages["strings"] == "" {
			continue
		}
		if got := p.covers([]byte(test.source)); got != test.want {
			t.Errorf("covers(%q) = %v", test.source, got)
		}
	}

	// Another kernel has the same plan; one with other requirements or variables has another.
	other := filepath.Join(dir, "gonb_2")
	mod := "module gonb_2\n\ngo 1.26\n"
	write(t, other, map[string]string{"go.mod": mod, "go.work": "go 1.26\n\nuse (\n\t.\n\t../lib\n)\n"})
	if again, err := planFile(cache, other, goCommand, nil); err != nil || again != path {
		t.Errorf("another kernel has the plan %s, want %s: %v", again, path, err)
	}
	write(t, other, map[string]string{"go.mod": mod + "\nrequire example.org/x v1.0.0\n"})
	if again, _ := planFile(cache, other, goCommand, nil); again == path {
		t.Error("a requirement changes nothing")
	}
	if again, _ := planFile(cache, ".", goCommand, []string{"-race"}); again == path {
		t.Error("a flag changes nothing")
	}
	t.Setenv("GOAMD64", "v3")
	if again, _ := planFile(cache, ".", goCommand, nil); again == path {
		t.Error("a variable changes nothing")
	}

	// A plan does not outlive the sources of what it builds.
	for _, change := range []func(source string) error{
		func(source string) error { return os.WriteFile(source, []byte("package greet\n"), 0o644) },
		func(source string) error { return os.Remove(source) },
		func(source string) error {
			return os.WriteFile(filepath.Join(filepath.Dir(source), "more.go"), nil, 0o644)
		},
	} {
		source := filepath.Join(dir, "lib", "greet", "greet.go")
		write(t, dir, map[string]string{"lib/greet/greet.go": "package greet\n\nfunc Word() string { return \"\" }\n"})
		os.Remove(filepath.Join(dir, "lib", "greet", "more.go"))
		t.Setenv("GOAMD64", "")
		if err := prepare(t.Context(), cache, nil, "fmt"); err != nil {
			t.Fatal(err)
		}
		path, _ := planFile(cache, ".", goCommand, nil)
		if _, ok := readPlan(path); !ok {
			t.Fatal("there is no plan")
		}
		time.Sleep(10 * time.Millisecond) // for another modification time
		if err := change(source); err != nil {
			t.Fatal(err)
		}
		if _, ok := readPlan(path); ok {
			t.Error("the plan holds although a source has changed")
		}
	}
}

// TestPlanOfOtherBytes reads what is no plan.
func TestPlanOfOtherBytes(t *testing.T) {
	for _, content := range []string{"", "{", "null", `{"Compile":["x"]}`, `{"Compile":[],"Link":[]}`, "\x00"} {
		path := filepath.Join(t.TempDir(), "plan.json")
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, ok := readPlan(path); ok {
			t.Errorf("%q is a plan", content)
		}
	}
}
