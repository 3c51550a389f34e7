package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"owlm/internal/setup"
)

// labKernels is how many kernels a lab has when it ends.
const labKernels = 10

// TestLabLeavesNothing ends lmkit lab in every way, with kernels open, one of them in the middle of a cell.
func TestLabLeavesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts JupyterLab and kernels")
	}
	program := buildLmkit(t)
	ways := []struct {
		name string
		code int
		end  func(l *runningLab)
	}{
		{"interrupt", exitInterrupted, func(l *runningLab) { l.command.Process.Signal(os.Interrupt) }},
		{"terminate", exitInterrupted, func(l *runningLab) { l.command.Process.Signal(syscall.SIGTERM) }},
		{"terminal closed", exitInterrupted, func(l *runningLab) { l.command.Process.Signal(syscall.SIGHUP) }},
		{"kill", -1, func(l *runningLab) { l.command.Process.Kill() }},
		{"File, Shut Down", exitDone, func(l *runningLab) { l.post(t, "api/shutdown", "") }},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			l := startLab(t, program)
			for range labKernels {
				l.post(t, "api/kernels", `{"name": "`+setup.KernelName+`"}`)
			}
			l.script(t, cellScript)
			programs := l.running()
			for part, want := range map[string]int{
				"-m jupyterlab": 2, "gonb --kernel": labKernels, "gopls": labKernels,
			} {
				if n := strings.Count(strings.Join(programs, "\n"), part); n < want {
					t.Errorf("%d processes are %s, want %d or more", n, part, want)
				}
			}
			t.Logf("%d processes", len(programs))
			began := time.Now()
			way.end(l)
			l.command.Wait()
			if code := l.command.ProcessState.ExitCode(); code != way.code {
				t.Errorf("exit code %d, want %d", code, way.code)
			}
			said := strings.Contains(l.log.String(), "1 running cell(s) stopped")
			if said != (way.code == exitInterrupted) {
				t.Errorf("it says that a cell was stopped: %v; its log is %q", said, l.log.String())
			}
			for len(l.running()) > 0 && time.Since(began) < 20*time.Second {
				time.Sleep(50 * time.Millisecond)
			}
			t.Logf("ended after %.1f s", time.Since(began).Seconds())
			if left := l.running(); left != nil {
				t.Errorf("%d processes still run, among them %q", len(left), left[0])
			}
			if left, err := os.ReadDir(l.temporary); len(left) > 0 || err != nil {
				t.Errorf("%d entries are left in the temporary directory: %v %v", len(left), left, err)
			}
		})
	}
}

// TestCellsComplete asks a kernel, as JupyterLab does, how code in a cell goes on and what a name is.
func TestCellsComplete(t *testing.T) {
	if testing.Short() {
		t.Skip("starts JupyterLab and a kernel")
	}
	l := startLab(t, buildLmkit(t))
	defer func() {
		l.command.Process.Signal(os.Interrupt)
		l.command.Wait()
	}()
	l.post(t, "api/kernels", `{"name": "`+setup.KernelName+`"}`)
	output := l.script(t, completeScript)
	var answers map[string][]string
	if err := json.Unmarshal(output, &answers); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	for code, want := range map[string]string{
		"train.": "Run", "lmkit.": "Open", "text.": "Words", "text.Wo": "Words",
		"_ = train.Run": "Run trains a model on a text and returns it",
	} {
		if !strings.Contains(strings.Join(answers[code], "\n"), want) {
			t.Errorf("for %q there is no %q in %q", code, want, answers[code])
		}
	}
}

// completeScript prints what completes code in cells, and what the documentation of a name is.
const completeScript = connectScript + `
import json
client.execute('''import ("owlm/lmkit"; "owlm/lmkit/text"; "owlm/lmkit/train")''')
def answer(request):
    while True:
        message = client.get_shell_msg(timeout=120)
        if message["parent_header"].get("msg_id") == request:
            return message["content"]
answers = {}
for code in ("train.", "lmkit.", "text.", "text.Wo"):
    cell = "%%\n" + code
    answers[code] = answer(client.complete(cell, len(cell)))["matches"]
cell = "%%\n_ = train.Run"
answers["_ = train.Run"] = list(answer(client.inspect(cell, len(cell)))["data"].values())
print(json.dumps(answers))
`

// buildLmkit builds the program.
func buildLmkit(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "lmkit")
	if output, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return program
}

// runningLab is a lab of a test.
type runningLab struct {
	log       bytes.Buffer // standard error
	command   *exec.Cmd
	temporary string   // its TMPDIR
	address   *url.URL // of its page
}

// startLab starts a lab and waits until it says where its page is.
func startLab(t *testing.T, program string) *runningLab {
	t.Helper()
	dir := t.TempDir()
	temporary, err := os.MkdirTemp("", "lab-") // a short path: gopls makes a socket in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(temporary) })
	l := &runningLab{temporary: temporary}
	l.command = exec.Command(program, "lab", "--no-browser", "--port", "9500", "--dir", filepath.Join(dir, "lab"))
	l.command.Env = append(os.Environ(), "TMPDIR="+l.temporary, "XDG_CONFIG_HOME="+filepath.Join(dir, "config"))
	l.command.Stderr = &l.log
	output, err := l.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.command.Process.Kill() })
	line, _ := bufio.NewReader(output).ReadString('\n')
	found := regexp.MustCompile(`http://\S+`).FindString(line)
	if l.address, err = url.Parse(found); err != nil || found == "" {
		t.Fatalf("it printed %q, %s", line, l.log.String())
	}
	if want := "/lab/tree/01_introduction.ipynb"; l.address.Path != want {
		t.Errorf("the page is %s, want %s", l.address.Path, want)
	}
	return l
}

// post sends a request to Jupyter's REST API.
func (l *runningLab) post(t *testing.T, path, body string) {
	t.Helper()
	address := fmt.Sprintf("http://%s/%s?%s", l.address.Host, path, l.address.RawQuery)
	answer, err := http.Post(address, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if message, _ := io.ReadAll(answer.Body); answer.StatusCode >= 300 {
		t.Fatalf("%s: %s %s", path, answer.Status, message)
	}
}

// connectScript connects to the kernel with a connection file.
const connectScript = `
import sys
from jupyter_client import BlockingKernelClient
client = BlockingKernelClient(connection_file=sys.argv[1])
client.load_connection_file()
client.start_channels()
client.wait_for_ready(timeout=60)
`

// cellScript starts a cell that takes an hour, and ends when the cell prints.
const cellScript = connectScript + `
client.execute('''import ("fmt"; "time")
%%
fmt.Println("begins")
time.Sleep(time.Hour)''')
while True:
    message = client.get_iopub_msg(timeout=120)
    if message["msg_type"] in ("stream", "error"):
        sys.exit("begins" not in str(message["content"]))
`

// script runs a script with the connection file of one of the kernels, and returns what it prints.
func (l *runningLab) script(t *testing.T, script string) []byte {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(l.temporary, "*", "runtime", "kernel-*.json"))
	if len(files) == 0 {
		t.Fatal("there is no kernel")
	}
	command := exec.Command(l.python(t), "-c", script, files[0])
	var log bytes.Buffer
	command.Stderr = &log
	output, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, log.String())
	}
	return output
}

// python returns the interpreter with Jupyter.
func (l *runningLab) python(t *testing.T) string {
	t.Helper()
	var report struct{ Python string }
	if err := json.Unmarshal([]byte(done(t, "setup", "--json")), &report); err != nil {
		t.Fatal(err)
	}
	return report.Python
}

// running returns the command lines of the processes that have the lab's directory in their environment.
func (l *runningLab) running() (commands []string) {
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		environment, _ := os.ReadFile(file)
		if bytes.Contains(environment, []byte("TMPDIR="+l.temporary)) {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(file), "cmdline"))
			commands = append(commands, string(bytes.ReplaceAll(command, []byte{0}, []byte{' '})))
		}
	}
	return commands
}
