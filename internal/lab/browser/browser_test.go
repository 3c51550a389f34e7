// Package browser tries the notebooks in a browser, as a learner does. learner.py says how.
package browser

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"flag"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"owlm/internal/setup"
)

// requirements is the lock file of the Python that drives the browser. lock.sh writes it.
//
//go:embed requirements.txt
var requirements string

// room is the disk space that the packages need, in bytes.
const room = 300 << 20

var update = flag.Bool("update", false, "write the README's picture of JupyterLab, docs/lab.png")

// step is what learner.py prints for each step.
type step struct {
	Step    string
	Seconds float64
	Error   string
}

// TestLearner runs learner.py against JupyterLab as lmkit lab starts it. Its screenshots go to the directory that
// $LMKIT_SCREENSHOTS names.
func TestLearner(t *testing.T) {
	program := needBrowser(t)
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Minute)
	defer cancel()
	python, err := setup.VirtualEnvironment(ctx, "playwright", requirements, room, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	lmkit := filepath.Join(t.TempDir(), "lmkit")
	build := exec.CommandContext(ctx, "go", "build", "-o", lmkit, "owlm/cmd/lmkit")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	pages := writePages(ctx, t, lmkit)
	pictures := pictureDirectory(t)
	dir := t.TempDir()
	address := startLab(t, lmkit, dir)

	learner := exec.CommandContext(ctx, python, "learner.py", program, address, dir, pages, pictures)
	learner.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1")
	var said bytes.Buffer
	learner.Stderr = &said
	output, err := learner.Output()
	if err != nil {
		t.Errorf("learner.py: %v\n%s", err, &said)
	}
	steps := 0
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; steps++ {
		var s step
		if err := decoder.Decode(&s); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		t.Run(s.Step, func(t *testing.T) {
			t.Logf("%.1f s", s.Seconds)
			if s.Error != "" {
				t.Error(s.Error)
			}
		})
	}
	if steps == 0 {
		t.Error("learner.py did nothing")
	}
	checkPicture(t, filepath.Join(pictures, "live.png"))
}

// needBrowser returns the program of a browser. It skips the test where something is missing that the test does not
// install.
func needBrowser(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("executing notebooks in a browser takes minutes")
	}
	parts, err := setup.Inspect(filepath.Join("..", "..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		built := part.Name == "kernel" || strings.Contains(part.Name, "gonb") // by lmkit lab, from this checkout
		if part.Path == "" && !built {
			t.Skipf("%s is not installed; run lmkit setup", part.Name)
		}
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("there is no browser; on Debian, install the package chromium")
	return ""
}

// writePages returns a directory with the HTML pages of notebook 05.
func writePages(ctx context.Context, t *testing.T, lmkit string) string {
	t.Helper()
	dir := t.TempDir()
	if output, err := exec.CommandContext(ctx, lmkit, "notebooks", "05", "--out", dir).CombinedOutput(); err != nil {
		t.Fatalf("lmkit notebooks: %v\n%s", err, output)
	}
	return dir
}

// pictureDirectory returns the directory for screenshots.
func pictureDirectory(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("LMKIT_SCREENSHOTS")
	if dir == "" {
		return t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

var labAddress = regexp.MustCompile(`https?://\S+[?&]token=\w+`)

// startLab starts JupyterLab on a directory, with nobody's settings, and returns its address. It ends with the test.
func startLab(t *testing.T, lmkit, dir string) string {
	t.Helper()
	lab := exec.Command(lmkit, "lab", "--no-browser", "--port", strconv.Itoa(freePort(t)), "--dir", dir)
	lab.Env = append(os.Environ(), withoutSettings(t)...)
	output, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer output.Close()
	lab.Stdout, lab.Stderr = output, output
	if err := lab.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- lab.Wait() }()
	t.Cleanup(func() {
		lab.Process.Signal(os.Interrupt)
		select {
		case <-ended:
		case <-time.After(20 * time.Second):
			t.Error("lmkit lab does not end")
			lab.Process.Kill()
		}
	})
	for begun := time.Now(); time.Since(begun) < 2*time.Minute; time.Sleep(100 * time.Millisecond) {
		log, err := os.ReadFile(output.Name())
		if err != nil {
			t.Fatal(err)
		}
		if address := labAddress.Find(log); address != nil {
			return string(address)
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("lmkit lab ended: %v\n%s", err, log)
		default:
		}
	}
	t.Fatal("lmkit lab does not say its address")
	return ""
}

// freePort returns a port that nobody listens on.
func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

// withoutSettings returns the environment in which JupyterLab neither sees nor changes what its user has set.
func withoutSettings(t *testing.T) []string {
	t.Helper()
	goenv, err := exec.Command("go", "env", "GOENV").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	list := []string{"GOENV=" + string(bytes.TrimSpace(goenv)), "XDG_CONFIG_HOME=" + dir}
	for _, name := range []string{"JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR",
		"JUPYTERLAB_SETTINGS_DIR", "JUPYTERLAB_WORKSPACES_DIR"} {
		list = append(list, name+"="+filepath.Join(dir, name))
	}
	return list
}

// checkPicture checks that the picture for the README is small enough for it. With -update it becomes the README's.
func checkPicture(t *testing.T, path string) {
	t.Helper()
	picture, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(picture) > 300<<10 {
		t.Errorf("%s has %d bytes, too many for the README", path, len(picture))
	}
	if *update && !t.Failed() {
		if err := os.WriteFile(filepath.Join("..", "..", "..", "docs", "lab.png"), picture, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
