package setup

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// requirements is the lock file: every package with its version and the sha256 of its files. requirements.sh renews it.
//
//go:embed requirements.txt
var requirements []byte

// neededSpace is what the Python programs and the plugin take on disk, with room to unpack them.
const neededSpace = 1200 << 20

// installPython makes the virtual environment that the lock file describes and returns its directory.
func installPython(ctx context.Context, dir string, log io.Writer) (venv string, err error) {
	venv = filepath.Join(dir, "python-"+short(requirements))
	if isComplete(venv) {
		return venv, nil
	}
	python, err := findPython()
	if err != nil {
		return "", err
	}
	if free, ok := freeSpace(dir); ok && free < neededSpace {
		return "", fmt.Errorf("%s has %d MB free, and set-up needs %d MB; make room or set LMKIT_CACHE to another disk", dir, free>>20, neededSpace>>20)
	}
	if err := os.RemoveAll(venv); err != nil { // what an earlier attempt left
		return "", err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(venv)
		}
	}()
	fmt.Fprintln(log, "making a virtual environment for Python …")
	if err := command(ctx, "", python, "-m", "venv", venv); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fmt.Errorf("python3 -m venv failed (%w); on Debian and Ubuntu, install the package python3-venv", err)
	}
	lockFile := filepath.Join(venv, "requirements.txt")
	if err := os.WriteFile(lockFile, requirements, 0o644); err != nil {
		return "", err
	}
	fmt.Fprintln(log, "installing JupyterLab and the XLA plugin with pip (about 150 MB to download) …")
	err = command(ctx, "", pythonOf(venv), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
		"--require-hashes", "--only-binary", ":all:", "-r", lockFile)
	if err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", pipError(err)
	}
	return venv, setComplete(venv)
}

// findPython is the first Python 3.10 or newer on the path.
func findPython() (string, error) {
	for _, name := range []string{"python3", "python"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		if exec.Command(path, "-c", "import sys; sys.exit(sys.version_info < (3, 10))").Run() == nil {
			return path, nil
		}
	}
	return "", errors.New("Python 3.10 or newer is missing; install python3 and python3-venv (training and generation work without it)")
}

func pythonOf(venv string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(venv, "Scripts", "python.exe")
	}
	return filepath.Join(venv, "bin", "python")
}

// pipError says in one line what went wrong with pip.
func pipError(err error) error {
	message := err.Error()
	switch {
	case strings.Contains(message, "DO NOT MATCH THE HASHES"):
		return fmt.Errorf("a download is not the file that was locked, and nothing was installed: %s; try again, and check the package index that pip is set to", hashLine(message))
	case strings.Contains(message, "Could not find a version"), strings.Contains(message, "connection"), strings.Contains(message, "retry"), strings.Contains(message, "Temporary failure"):
		return fmt.Errorf("pip could not reach the package index (%s); the go engine works without it", lastLine(message))
	}
	return fmt.Errorf("pip failed, and nothing was installed: %s", lastLine(message))
}

// hashLine gathers the expected and the found hash from pip's message.
func hashLine(message string) string {
	var parts []string
	for _, line := range strings.Split(message, "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "Expected") || strings.HasPrefix(line, "Got") || strings.Contains(line, " from ") && strings.Contains(line, "==") {
			parts = append(parts, line)
		}
	}
	return strings.Join(parts, " ")
}

func lastLine(message string) string {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// command runs a program without showing its output; the error holds what it wrote.
func command(ctx context.Context, dir, name string, args ...string) error {
	c := exec.CommandContext(ctx, name, args...)
	c.Dir = dir
	var output bytes.Buffer
	c.Stdout, c.Stderr = &output, &output
	if err := c.Run(); err != nil {
		if message := strings.TrimSpace(output.String()); message != "" {
			return errors.New(message)
		}
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
