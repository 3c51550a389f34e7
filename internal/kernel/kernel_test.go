package kernel_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"owlm/internal/setup"
)

// jupyter starts kernels as Jupyter does, through testdata/drive.py.
type jupyter struct {
	t         *testing.T
	orders    io.WriteCloser
	answers   *bufio.Scanner
	temporary string // where the kernel and all that it starts put temporary files
}

type order struct {
	Do        string  `json:"do,omitempty"`
	Code      string  `json:"code,omitempty"`
	Interrupt float64 `json:"interrupt,omitempty"` // seconds
}

type answer struct {
	Seconds float64
	Status  string
	Outputs []string
	Process int
}

// newJupyter sets up what is missing and starts a kernel with completion, in an empty directory.
func newJupyter(t *testing.T) *jupyter {
	t.Helper()
	if testing.Short() {
		t.Skip("needs the Python environment and the kernel, which lmkit setup installs")
	}
	checkout, err := setup.FindCheckout()
	if err != nil {
		t.Fatal(err)
	}
	options := setup.Options{Checkout: checkout, Log: t.Output(), Completion: true}
	environment, err := setup.Run(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	spec, err := environment.Kernel(true)
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "k") // short: the path of a socket of gopls may have 108 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	kernels := filepath.Join(dir, "jupyter", "kernels", "lmkit")
	temporary, work := filepath.Join(dir, "tmp"), filepath.Join(dir, "work")
	for _, path := range []string{kernels, temporary, work} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(kernels, "kernel.json"), spec, 0o644); err != nil {
		t.Fatal(err)
	}
	script, err := filepath.Abs(filepath.Join("testdata", "drive.py"))
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(environment.Python, script, filepath.Join(dir, "kernel.log"))
	c.Dir, c.Stderr = work, t.Output()
	c.Env = append(os.Environ(), "TMPDIR="+temporary, "JUPYTER_PATH="+filepath.Join(dir, "jupyter"),
		"JUPYTER_RUNTIME_DIR="+filepath.Join(dir, "runtime"), "JUPYTER_PLATFORM_DIRS=1", "PYTHONWARNINGS=ignore",
		"LMKIT_BACKEND=go")
	orders, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		orders.Close()
		if err := c.Wait(); err != nil && !t.Failed() {
			t.Error(err)
		}
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "kernel.log"))
			t.Logf("%s", log)
		}
	})
	return &jupyter{t: t, orders: orders, answers: bufio.NewScanner(answers), temporary: temporary}
}

func (j *jupyter) do(o order) (a answer) {
	j.t.Helper()
	line, err := json.Marshal(o)
	if err != nil {
		j.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(j.orders, "%s\n", line); err != nil {
		j.t.Fatal(err)
	}
	if !j.answers.Scan() {
		j.t.Fatalf("no answer to %s", line)
	}
	if err := json.Unmarshal(j.answers.Bytes(), &a); err != nil {
		j.t.Fatal(err)
	}
	return a
}

// left returns the processes that the kernel has started, a line each, and the files in its temporary directory.
func (j *jupyter) left() []string {
	list, _ := filepath.Glob(filepath.Join(j.temporary, "*"))
	processes, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range processes {
		environment, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(environment), "TMPDIR="+j.temporary) {
			continue
		}
		command, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		line := strings.ReplaceAll(string(command), "\x00", " ")
		if line != "" && !strings.Contains(line, "drive.py") {
			list = append(list, line)
		}
	}
	return list
}

// noneLeft checks that within some seconds nothing is left of a kernel.
func (j *jupyter) noneLeft() {
	j.t.Helper()
	var left []string
	for range 100 {
		if left = j.left(); len(left) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	j.t.Errorf("left behind: %q", left)
}

const cell1 = `%noautoget
import (
	"fmt"
	"os"

	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/rundir"
	"owlm/lmkit/train"
	"owlm/notebook"
)

func third(list []int) int {
	return list[2]
}

func trainGRU(epochs int) {
	notebook.Check(rundir.RemoveFinished("runs/gru"))
	notebook.Must(train.Run(notebook.Context(), corpora.Owl, train.Config{
		Model:     lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 16, HiddenSize: 32, Layers: 1},
		Objective: train.Windows{Length: 5}, BatchSize: 16, LearningRate: 0.003, Epochs: epochs,
		Directory: "runs/gru", Resume: true, CheckpointEvery: 5, Hooks: []train.Hook{train.LogEvery(1, os.Stdout)},
	}))
}`

// TestCells runs cells with the mistakes of a learner in one kernel.
func TestCells(t *testing.T) {
	j := newJupyter(t)
	for _, test := range []struct {
		code string
		want string // a regular expression for the outputs, a line each
	}{
		{cell1, ``},
		{"%%\nfmt.Println(third([]int{1, 2, 3}))", `stdout: 3\n`},
		{"%%\nx := 1\nfmt.Printn(x)", `error: line 3: undefined: fmt\.Printn`},
		{"%%\nfmt.Println(1", `error: line 2: missing ',' before newline in argument list.*`},
		{"%%\nx := 1", `error: line 2: declared and not used: x`},
		{"%%\nfmt.Println(third(nil))",
			`error: cell \[1\], line 15: panic: runtime error: index out of range \[2\] with length 0`},
		{"%%\nnotebook.Must(lmkit.Open(\"nowhere\", \"go\"))\nfmt.Println(1)",
			`error: line 2: error: no model directory at nowhere: no such file or directory`},
		{"%%\nfmt.Fprintln(os.Stderr, \"a warning\")\nos.Exit(4)",
			`stderr: a warning\n\nerror: the program ended with exit status 4`},
		{"func twice(x int) int { return 2 * x }", ``},
		{"%%\nfmt.Println(twice(21))", `stdout: 42\n`},
	} {
		a := j.do(order{Code: test.code})
		got := strings.Join(a.Outputs, "\n")
		if !regexp.MustCompile(`^` + test.want + `$`).MatchString(got) {
			t.Errorf("%s\nshows %q", test.code, got)
		}
		if want := strings.Contains(test.want, "error: "); want != (a.Status == "error") {
			t.Errorf("%s\nhas status %s", test.code, a.Status)
		}
	}
	j.do(order{Do: "shutdown"})
	j.noneLeft()
}

// TestStop stops cells, restarts the kernel and kills it while a cell trains: training goes on from where it was, and
// nothing stays behind.
func TestStop(t *testing.T) {
	j := newJupyter(t)
	j.do(order{Code: cell1})
	first := func(a answer) string {
		for _, output := range a.Outputs {
			if line, ok := strings.CutPrefix(output, "stdout: Epoch ["); ok {
				number, _, _ := strings.Cut(line, "/")
				return number
			}
		}
		return ""
	}
	// Long enough for the program to be built and to train.
	const many, while = "%%\ntrainGRU(1_000_000)", 8
	a := j.do(order{Code: many, Interrupt: while})
	if a.Seconds > while+2 || first(a) != "1" {
		t.Errorf("the cell took %.1f s, and shows %q", a.Seconds, a.Outputs)
	}
	saved := regexp.MustCompile(`^error: cell \[1\], line 20: stopped: interrupted after step \d+; ` +
		`saved as runs/gru/checkpoints/step-\d+; run the cell again to go on from there$`)
	if last := a.Outputs[len(a.Outputs)-1]; !saved.MatchString(last) {
		t.Errorf("the cell ends with %q", last)
	}
	j.do(order{Do: "start", Code: many})
	time.Sleep(4 * time.Second)
	j.do(order{Do: "restart"})
	j.do(order{Code: cell1})
	if a = j.do(order{Code: many, Interrupt: 5}); first(a) == "1" || first(a) == "" {
		t.Errorf("after a restart the cell shows %q", a.Outputs)
	}
	if a = j.do(order{Code: "%%\nfor { fmt.Print() }", Interrupt: 2}); strings.Join(a.Outputs, "") != "error: stopped" {
		t.Errorf("a cell without a context shows %q", a.Outputs)
	}
	if a = j.do(order{Code: "%%\nfmt.Println(1234)", Interrupt: 0.05}); a.Seconds > 2 || a.Status != "error" {
		t.Errorf("a cell that is stopped while it is built takes %.1f s and shows %q", a.Seconds, a.Outputs)
	}
	j.do(order{Do: "start", Code: many})
	time.Sleep(4 * time.Second)
	j.do(order{Do: "kill"})
	for range 100 {
		if len(j.left()) <= 1 { // the directory, which the next kernel removes
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if left := j.left(); len(left) > 1 {
		t.Errorf("after the kernel was killed: %q", left)
	}
}
