package kernel

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/gofrs/flock"
	"golang.org/x/mod/modfile"

	"owlm/internal/files"
	"owlm/internal/oneline"
)

// The first argument of the kernel's program in the jobs that it does for itself.
const (
	PrepareJob = "prepare" // calls Prepare; the others are the flags of go build
	WarmJob    = "warm"    // calls Warm; the others are directories of modules
	CaptureJob = "capture" // stands before each tool that the go command calls; then the directory for what it sees
)

// prepareLater starts Prepare in a process of its own, so that the cell does not wait for it.
func prepareLater(flags []string) {
	self, err := os.Executable()
	if err != nil {
		return
	}
	c := exec.Command(self, append([]string{PrepareJob}, flags...)...)
	if c.Start() == nil {
		c.Process.Release()
	}
}

// Prepare makes the plan for cells of the module in the current directory, in which every package can be imported that
// is of Go, of the module's workspace, or imported by one of these or by the module itself. flags are those of go
// build. It compiles what is not compiled yet. If another process is doing the same, Prepare does nothing.
func Prepare(ctx context.Context, cache string, flags []string) error {
	return prepare(ctx, cache, flags, "std")
}

// prepare does what Prepare does, with the packages of Go that a pattern names.
func prepare(ctx context.Context, cache string, flags []string, standard string) error {
	goCommand, err := realGo()
	if err != nil {
		return err
	}
	path, err := planFile(cache, ".", goCommand, flags)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	lock := flock.New(path + ".lock")
	if locked, err := lock.TryLock(); err != nil || !locked {
		return err
	}
	defer lock.Unlock()
	modules, err := workModules(".")
	if err != nil {
		return err
	}
	p := new(plan)
	own, err := p.list(ctx, goCommand, flags, modules, standard)
	if err != nil {
		return err
	}
	if err := p.capture(ctx, goCommand, flags, modules, own); err != nil {
		return err
	}
	return files.WriteJSON(path, p)
}

// Warm does what Prepare does, for the first cells of a kernel whose workspace has the modules in some directories. It
// changes the current directory of the process.
func Warm(ctx context.Context, cache string, modules []string) error {
	goCommand, err := realGo()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "warm-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chdir(dir); err != nil {
		return err
	}
	if _, err := goOutput(ctx, dir, goCommand, "mod", "init", "warm"); err != nil {
		return err
	}
	if err := writeProgram(dir, modules, nil); err != nil {
		return err
	}
	return Prepare(ctx, cache, nil)
}

// goOutput returns what the go command prints when it runs in a directory.
func goOutput(ctx context.Context, dir, goCommand string, arguments ...string) ([]byte, error) {
	var complaints bytes.Buffer
	c := exec.CommandContext(ctx, goCommand, arguments...)
	c.Dir, c.Stderr = dir, &complaints
	data, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w: %s", arguments[0], err, oneline.First(complaints.String()))
	}
	return data, nil
}

// listed is what go list prints of a package.
type listed struct {
	ImportPath, Name, Dir, Export                                    string
	Standard                                                         bool
	GoFiles, CgoFiles, CFiles, HFiles, SFiles, SysoFiles, EmbedFiles []string
	Module                                                           *struct {
		Main    bool
		GoMod   string
		Replace *struct{ Version string }
	}
}

// files returns the files of the package that the compiler reads.
func (l *listed) files() []string {
	return slices.Concat(l.GoFiles, l.CgoFiles, l.CFiles, l.HFiles, l.SFiles, l.SysoFiles, l.EmbedFiles)
}

// mayChange reports whether the package is in a directory in which people write.
func (l *listed) mayChange() bool {
	m := l.Module
	return !l.Standard && m != nil && (m.Main || m.Replace != nil && m.Replace.Version == "")
}

// list compiles all packages that cells may import, and fills Packages and Inputs. It returns the packages of the
// workspace's modules that a program outside them may import.
func (p *plan) list(ctx context.Context, goCommand string, flags, modules []string, standard string) (
	own []string, err error) {
	const fields = "ImportPath,Name,Dir,Export,Standard,Module," +
		"GoFiles,CgoFiles,CFiles,HFiles,SFiles,SysoFiles,EmbedFiles"
	arguments := append([]string{"list", "-e", "-export", "-deps", "-json=" + fields}, flags...)
	arguments = append(arguments, standard, ".")
	for _, dir := range modules {
		arguments = append(arguments, filepath.Join(dir, "..."))
	}
	data, err := goOutput(ctx, ".", goCommand, arguments...)
	if err != nil {
		return nil, err
	}
	p.Packages = map[string]string{}
	observed := map[string]bool{}
	add := func(path string) {
		if i, err := observe(path); err == nil && !observed[path] {
			p.Inputs, observed[path] = append(p.Inputs, i), true
		}
	}
	for decoder := json.NewDecoder(bytes.NewReader(data)); decoder.More(); {
		var l listed
		if err := decoder.Decode(&l); err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		if l.Name == "main" || l.Export == "" {
			continue
		}
		p.Packages[l.ImportPath] = l.Export
		if !l.mayChange() {
			continue
		}
		if !slices.Contains(strings.Split(l.ImportPath, "/"), "internal") {
			own = append(own, l.ImportPath)
		}
		add(l.Dir)
		add(l.Module.GoMod)
		for _, name := range l.files() {
			add(filepath.Join(l.Dir, name))
		}
	}
	return own, nil
}

// capture builds a program that imports the packages in own, and notes how the go command calls the compiler and the
// linker.
func (p *plan) capture(ctx context.Context, goCommand string, flags, modules, own []string) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "prepare-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := writeProgram(dir, modules, own); err != nil {
		return err
	}
	seen := filepath.Join(dir, "seen")
	if err := os.Mkdir(seen, 0o700); err != nil {
		return err
	}
	watch := fmt.Sprintf("-toolexec=%s %s %s", quote(self), CaptureJob, quote(seen))
	arguments := append([]string{"build", watch, "-o", "program"}, flags...)
	if _, err := goOutput(ctx, dir, goCommand, arguments...); err != nil {
		return err
	}
	return p.readCapture(seen)
}

// quote quotes a word for -toolexec, which the go command splits at spaces.
func quote(word string) string {
	if strings.ContainsRune(word, ' ') {
		return "'" + word + "'"
	}
	return word
}

// writeProgram writes a module like the one in the current directory, with a workspace of the same modules, and in it a
// program that imports packages.
func writeProgram(dir string, modules, packages []string) error {
	mod, err := os.ReadFile("go.mod")
	if err != nil {
		return err
	}
	sum, err := os.ReadFile("go.sum")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	version := "1.26"
	if file, err := modfile.ParseLax("go.mod", mod, nil); err == nil && file.Go != nil {
		version = file.Go.Version
	}
	work := new(modfile.WorkFile)
	work.Syntax = new(modfile.FileSyntax)
	if err := work.AddGoStmt(version); err != nil {
		return err
	}
	for _, use := range append([]string{"."}, modules...) {
		if err := work.AddUse(use, ""); err != nil {
			return err
		}
	}
	var program strings.Builder
	program.WriteString("package main\n\n")
	for _, path := range packages {
		fmt.Fprintf(&program, "import _ %q\n", path)
	}
	program.WriteString("\nfunc main() {}\n")
	contents := map[string][]byte{"go.mod": mod, "go.sum": sum, "main.go": []byte(program.String())}
	if modules != nil {
		contents["go.work"] = modfile.Format(work.Syntax)
	}
	for name, data := range contents {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// The files in which Capture notes what it sees.
const (
	compileFile = "compile.json"
	linkFile    = "link.json"
	configFile  = "importcfg"
)

// Capture runs a tool for the go command, after noting in a directory how the tool is called for package main. It
// returns the exit status.
func Capture(dir string, command []string) int {
	if len(command) == 0 {
		return 1
	}
	name := strings.TrimSuffix(filepath.Base(command[0]), ".exe")
	var err error
	switch {
	case name == "compile" && slices.Contains(command, "-importcfg") && argument(command, "-p") == "main":
		err = note(filepath.Join(dir, compileFile), command)
	case name == "link" && slices.Contains(command, "-importcfg"):
		var config []byte
		if config, err = os.ReadFile(argument(command, "-importcfg")); err == nil {
			err = os.WriteFile(filepath.Join(dir, configFile), config, 0o600)
		}
		err = errors.Join(err, note(filepath.Join(dir, linkFile), command))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return pass(command[0], command[1:])
}

// argument returns the word after a flag, "" if the flag is missing.
func argument(command []string, flag string) string {
	if i := slices.Index(command, flag); i >= 0 && i+1 < len(command) {
		return command[i+1]
	}
	return ""
}

func note(path string, command []string) error {
	data, err := json.Marshal(command)
	if err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o600)
}

// readCapture reads what Capture has noted into the plan.
func (p *plan) readCapture(dir string) error {
	read := func(name string) (command []string, err error) {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = json.Unmarshal(data, &command)
		}
		return command, err
	}
	var err error
	if p.Compile, err = read(compileFile); err != nil {
		return err
	}
	if p.Link, err = read(linkFile); err != nil {
		return err
	}
	replace(p.Compile, "-o", output)
	replace(p.Compile, "-importcfg", importcfg)
	drop := argument(p.Compile, "-trimpath") // removes a directory of that build from paths
	p.Compile = slices.DeleteFunc(p.Compile, func(word string) bool { return word == "-trimpath" || word == drop })
	replace(p.Link, "-o", output)
	replace(p.Link, "-importcfg", importcfg)
	p.Link[len(p.Link)-1] = archive
	last := len(p.Compile) - 1
	if filepath.Base(p.Compile[last]) != "main.go" {
		return fmt.Errorf("the go command compiles %s", p.Compile[last])
	}
	p.Compile[last] = "./main.go"
	config, err := os.ReadFile(filepath.Join(dir, configFile))
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(config)) {
		if strings.HasPrefix(line, "modinfo ") {
			p.Modinfo = strings.TrimSuffix(line, "\n")
		}
	}
	return nil
}

// replace replaces the word after a flag.
func replace(command []string, flag, with string) {
	if i := slices.Index(command, flag); i >= 0 && i+1 < len(command) {
		command[i+1] = with
	}
}
