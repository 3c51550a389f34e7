package setup

import (
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

// requirements is the lock file: every package with its version and the sha256 of its files. lock.sh writes it.
//
//go:embed requirements.txt
var requirements string

// pluginPackage is the package in the lock file that is installed into a directory of its own. A machine on which it
// cannot be installed gets the others.
const pluginPackage = "xla-cpu-pjrt"

// splitRequirements splits a lock file into the entry of one package and all others.
func splitRequirements(lockFile, name string) (entry, others string) {
	var in bool
	for line := range strings.Lines(lockFile) {
		if !strings.HasPrefix(line, " ") {
			in = strings.HasPrefix(line, name+"==")
		}
		if in {
			entry += line
		} else {
			others += line
		}
	}
	return entry, others
}

// neededSpace is the disk space, in bytes, that the Python programs and the plugin need while they are unpacked.
const neededSpace = 1000 << 20

// checkSpace returns an error if the disk of a directory has less free space, in bytes, than needed.
func checkSpace(dir string, needed uint64, free func(string) (uint64, bool)) error {
	if bytes, ok := free(dir); ok && bytes < needed {
		return fmt.Errorf("%s has %d MB free, and set-up needs %d MB; make room or set LMKIT_CACHE to another disk",
			dir, bytes>>20, needed>>20)
	}
	return nil
}

// venvDir returns the directory of the virtual environment that the lock file describes.
func venvDir(dir string) string { return filepath.Join(dir, "python-"+short([]byte(requirements))) }

// installPython makes the virtual environment of the notebooks and returns its interpreter.
func installPython(ctx context.Context, dir string) (interpreter string, err error) {
	if err := checkSpace(dir, neededSpace, freeSpace); err != nil {
		return "", err
	}
	_, others := splitRequirements(requirements, pluginPackage)
	return makeVenv(ctx, venvDir(dir), others)
}

// VirtualEnvironment returns the Python of a virtual environment in CacheDir with exactly the packages of a lock file.
// If the environment does not exist, it is made, which needs room on the disk, in bytes. Two calls at once wait for
// each other.
func VirtualEnvironment(ctx context.Context, name, lockFile string, room uint64, log io.Writer) (
	python string, err error) {
	dir, err := CacheDir()
	if err != nil {
		return "", err
	}
	venv := filepath.Join(dir, name+"-"+short([]byte(lockFile)))
	if isComplete(venv) {
		return pythonOf(venv), nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("the cache directory cannot be made: %w; set LMKIT_CACHE to another", err)
	}
	unlock, err := lock(ctx, filepath.Join(dir, "setup.lock"), log)
	if err != nil {
		return "", err
	}
	defer unlock()
	if isComplete(venv) {
		return pythonOf(venv), nil
	}
	if err := checkSpace(dir, room, freeSpace); err != nil {
		return "", err
	}
	fmt.Fprintf(log, "installing %s with pip …\n", name)
	return makeVenv(ctx, venv, lockFile)
}

// makeVenv makes a virtual environment with the packages of a lock file and returns its interpreter. A virtual
// environment cannot be moved, so it is made where it stays, and its last file marks it as complete.
func makeVenv(ctx context.Context, venv, lockFile string) (interpreter string, err error) {
	if err := os.RemoveAll(venv); err != nil { // left by an earlier attempt
		return "", err
	}
	defer func() {
		if err != nil {
			os.RemoveAll(venv)
		}
	}()
	if interpreter, err = emptyVenv(ctx, venv); err != nil {
		return "", err
	}
	if err := pip(ctx, interpreter, venv, lockFile); err != nil {
		return "", err
	}
	return interpreter, setComplete(venv)
}

// emptyVenv makes a virtual environment with nothing but pip and returns its interpreter.
func emptyVenv(ctx context.Context, venv string) (interpreter string, err error) {
	python, err := findPython(ctx)
	if err != nil {
		return "", err
	}
	if err := command(ctx, "", nil, python, "-m", "venv", venv); err != nil {
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		return "", fmt.Errorf("%s cannot make a virtual environment (%s); "+
			"on Debian and Ubuntu, install the package python3-venv", python, venvProblem(err))
	}
	return pythonOf(venv), nil
}

// pip installs exactly the packages of a lock file, and refuses files with another hash. It writes the lock file into
// dir first.
func pip(ctx context.Context, python, dir, lockFile string, args ...string) error {
	path := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(path, []byte(lockFile), 0o644); err != nil {
		return err
	}
	args = append([]string{"-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
		"--require-hashes", "--only-binary", ":all:", "-r", path}, args...)
	// The user's settings of pip choose index, mirror and proxy, but not where packages are installed.
	err := command(ctx, "", []string{"PIP_USER=0", "PIP_TARGET=", "PIP_PREFIX=", "PYTHONNOUSERSITE=1"}, python, args...)
	if err != nil && ctx.Err() == nil {
		return pipError(err.Error())
	}
	return err
}

// findPython returns the first Python 3.10 or newer on the path.
func findPython(ctx context.Context) (string, error) {
	old := ""
	for _, name := range []string{"python3", "python"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		const script = "import sys; print('%d.%d' % sys.version_info[:2]); sys.exit(sys.version_info < (3, 10))"
		version, err := exec.CommandContext(ctx, path, "-c", script).Output()
		if err == nil {
			return path, nil
		}
		if v := strings.TrimSpace(string(version)); v != "" && old == "" {
			old = fmt.Sprintf("%s is Python %s, and 3.10 or newer is needed", path, v)
		}
	}
	if old != "" {
		return "", errors.New(old + "; training and generation work without it")
	}
	return "", errors.New("no Python 3.10 or newer was found; on Debian and Ubuntu, install the packages python3 and " +
		"python3-venv (training and generation work without them)")
}

// pythonOf returns the interpreter of a virtual environment.
func pythonOf(venv string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(venv, "Scripts", "python.exe")
	}
	return filepath.Join(venv, "bin", "python")
}
