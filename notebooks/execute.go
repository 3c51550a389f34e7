package notebooks

import (
	"bufio"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"owlm/notebook/controls"
)

// scripts holds what the Python of the virtual environment runs, run.py, and the files that it reads.
//
//go:embed run.py pages.py page.html.j2 page.css index.html.j2 charts.js contents.txt
var scripts embed.FS

// settings are the script's parameters beside the notebooks.
type settings struct {
	Out     string `json:"out"`
	Work    string `json:"work"`
	Log     string `json:"log"`
	Timeout int    `json:"timeout"` // seconds
}

// message is a line that the script prints: an event, or the process number of a kernel that was started.
type message struct {
	Event
	Kernel int `json:"kernel"`
}

// temporaryName begins the name of the temporary directory in which kernels compile and keep their files.
const temporaryName = "lmkit-notebooks-"

// execute runs the script, passes its events on and returns the failures.
func execute(ctx context.Context, o Options, out, work string) (failures []Event, err error) {
	temporary, err := os.MkdirTemp("", temporaryName)
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temporary)
	c, err := scriptCommand(ctx, o, out, work, temporary)
	if err != nil {
		return nil, err
	}
	// When this pipe closes, the script ends with everything that it started, even if this process is killed.
	life, err := c.StdinPipe()
	if err != nil {
		return nil, err
	}
	c.Cancel = life.Close
	var complaints strings.Builder
	c.Stderr = &complaints
	messages, err := c.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.Start(); err != nil {
		return nil, err
	}
	kernel := 0
	defer func() {
		killGroup(c.Process.Pid)
		killGroup(kernel)
	}()
	lines := bufio.NewScanner(messages)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var m message
		if json.Unmarshal(lines.Bytes(), &m) != nil {
			continue
		}
		if m.Kernel != 0 {
			kernel = m.Kernel
			continue
		}
		if m.Error != "" {
			failures = append(failures, m.Event)
		}
		if o.Progress != nil && ctx.Err() == nil {
			o.Progress(m.Event)
		}
	}
	life.Close()
	if err := c.Wait(); err != nil && ctx.Err() == nil {
		return failures, errors.New("the notebooks could not be executed: " + lastLine(complaints.String(), err))
	}
	return failures, nil
}

// scriptCommand returns the command of the script. It writes the script and its files into the temporary directory, in
// which the script keeps its own.
func scriptCommand(ctx context.Context, o Options, out, work, temporary string) (*exec.Cmd, error) {
	script := filepath.Join(temporary, "script")
	if err := os.CopyFS(script, scripts); err != nil {
		return nil, err
	}
	kernel := filepath.Join(temporary, "kernels", "lmkit", "kernel.json")
	if err := os.MkdirAll(filepath.Dir(kernel), 0o755); err != nil {
		return nil, err
	}
	if err := os.WriteFile(kernel, o.Kernel, 0o644); err != nil {
		return nil, err
	}
	if o.CellTimeout == 0 {
		o.CellTimeout = 10 * time.Minute
	}
	asked, err := json.Marshal(settings{out, work, filepath.Join(out, kernelLog), int(o.CellTimeout.Seconds())})
	if err != nil {
		return nil, err
	}
	arguments := append([]string{filepath.Join(script, "run.py"), string(asked)}, o.Sources...)
	c := exec.CommandContext(ctx, o.Python, arguments...)
	c.Env = append(os.Environ(),
		"TMPDIR="+temporary, // in which GoNB compiles
		"JUPYTER_PATH="+temporary,
		"JUPYTER_RUNTIME_DIR="+filepath.Join(temporary, "runtime"),
		"JUPYTER_CONFIG_DIR="+filepath.Join(temporary, "config"),
		"IPYTHONDIR="+filepath.Join(temporary, "ipython"),
		"JUPYTER_PLATFORM_DIRS=1",
		"PYTHONNOUSERSITE=1", "PYTHONWARNINGS=ignore",
		controls.NoFrontEnd+"=1")
	if o.Backend != "" && o.Backend != "auto" {
		c.Env = append(c.Env, "LMKIT_BACKEND="+o.Backend)
	}
	ownGroup(c)
	c.WaitDelay = 15 * time.Second
	return c, nil
}

// lastLine returns the last line of the messages, or else the error.
func lastLine(messages string, err error) string {
	lines := strings.Split(strings.TrimSpace(messages), "\n")
	if last := lines[len(lines)-1]; last != "" {
		return last
	}
	return err.Error()
}
