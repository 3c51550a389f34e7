package kernel

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Build does what the go command would do with the arguments, in the current directory. If they ask for the program of
// a cell whose packages are all known, it compiles and links it by itself, which saves the go command's look at every
// package. It returns the exit status.
func Build(cache string, arguments []string) int {
	goCommand, err := realGo()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	began := time.Now()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt) // it also goes to the tools that run now
	go func() {
		<-interrupted
		fmt.Println("stopped")
		os.Exit(130)
	}()
	target, rest, ok := buildTarget(arguments)
	source, sourceErr := os.ReadFile("main.go")
	if !ok || sourceErr != nil || !onlyMain() {
		return pass(goCommand, arguments)
	}
	path, err := planFile(cache, ".", goCommand, rest)
	if err != nil {
		return pass(goCommand, arguments)
	}
	if p, ok := readPlan(path); ok && p.covers(source) {
		if compiled, status, ok := p.build(target, os.Stdout); ok {
			noteTimes(began, compiled, time.Now())
			return status
		}
	}
	status := pass(goCommand, arguments)
	noteTimes(began, time.Time{}, time.Now())
	if status == 0 {
		prepareLater(rest)
	}
	return status
}

// buildTarget takes "build -o TARGET", with which GoNB begins, from arguments. It returns the others.
func buildTarget(arguments []string) (target string, rest []string, ok bool) {
	if len(arguments) < 3 || arguments[0] != "build" || arguments[1] != "-o" {
		return "", nil, false
	}
	return arguments[2], arguments[3:], true
}

// onlyMain reports whether main.go is the only source in the current directory.
func onlyMain() bool {
	files, err := filepath.Glob("*.*")
	return err == nil && !slices.ContainsFunc(files, func(name string) bool {
		extension := filepath.Ext(name)
		return name != "main.go" && slices.Contains([]string{".go", ".s", ".c", ".syso"}, extension)
	})
}

// realGo returns the go command.
func realGo() (string, error) { return behind(GoName) }

// behind returns the program of a name that the PATH has besides the kernel's own.
func behind(name string) (string, error) {
	own := os.Getenv(pathVariable)
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if dir == "" || dir == own {
			continue
		}
		if path, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("there is no %s in the PATH of the kernel", name)
}

// pass runs the go command and returns its exit status.
func pass(goCommand string, arguments []string) int {
	c := exec.Command(goCommand, arguments...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	return status(c.Run())
}

// status returns the exit status of a command that ended with err.
func status(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit) && exit.ExitCode() > 0:
		return exit.ExitCode()
	case errors.As(err, &exit):
		return 1
	}
	fmt.Fprintln(os.Stderr, err)
	return 1
}

// timesVariable names a file to which Build appends a line for each cell, for measurements: when it began, when the
// cell was compiled (0 if the go command did it) and when it was linked, in seconds since 1970.
const timesVariable = "LMKIT_CELL_TIMES"

func noteTimes(times ...time.Time) {
	path := os.Getenv(timesVariable)
	if path == "" {
		return
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return
	}
	defer file.Close()
	for _, t := range times {
		seconds := 0.0
		if !t.IsZero() {
			seconds = float64(t.UnixNano()) / 1e9
		}
		fmt.Fprintf(file, "%.4f ", seconds)
	}
	fmt.Fprintln(file)
}

// build compiles and links main.go of the current directory. What the compiler says goes to w. ok is false if something
// other than the cell is wrong, so that the go command has to do it.
func (p *plan) build(target string, w io.Writer) (compiled time.Time, status int, ok bool) {
	temporary, err := os.MkdirTemp("", "cell-")
	if err != nil {
		return compiled, 0, false
	}
	defer os.RemoveAll(temporary)
	object, config := filepath.Join(temporary, "main.a"), filepath.Join(temporary, "importcfg")
	packages, ok := p.packagefiles()
	if !ok || os.WriteFile(config, packages, 0o600) != nil {
		return compiled, 0, false
	}
	if said, err := tool(p.Compile, map[string]string{importcfg: config, output: object}); err != nil {
		if !strings.Contains(string(said), "main.go:") {
			return compiled, 0, false
		}
		w.Write(said)
		return time.Now(), 1, true
	}
	compiled = time.Now()
	packages = fmt.Appendf(packages, "packagefile main=%s\n%s\n", object, p.Modinfo)
	if os.WriteFile(config, packages, 0o600) != nil {
		return compiled, 0, false
	}
	_, err = tool(p.Link, map[string]string{importcfg: config, output: target, archive: object})
	return compiled, 0, err == nil
}

// packagefiles returns the lines that tell the compiler and the linker where each package is. It marks the packages as
// used, so that the go command does not remove them from its cache; ok is false if one is missing.
func (p *plan) packagefiles() (lines []byte, ok bool) {
	now := time.Now()
	for name, file := range p.Packages {
		lines = fmt.Appendf(lines, "packagefile %s=%s\n", name, file)
		info, err := os.Stat(file)
		if err != nil {
			return nil, false
		}
		if now.Sub(info.ModTime()) > 12*time.Hour {
			os.Chtimes(file, now, now)
		}
	}
	return lines, true
}

// tool runs the compiler or the linker of a plan and returns what it says. They collect no garbage: they end soon.
func tool(command []string, files map[string]string) ([]byte, error) {
	arguments := make([]string, len(command))
	for i, argument := range command {
		for name, file := range files {
			argument = strings.ReplaceAll(argument, name, file)
		}
		arguments[i] = argument
	}
	c := exec.Command(arguments[0], arguments[1:]...)
	c.Env = append(os.Environ(), "GOGC=off", "GOMEMLIMIT=1GiB")
	return c.CombinedOutput()
}
