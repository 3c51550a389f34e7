package kernel

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/modfile"

	"owlm/internal/files"
)

// plan is what Build needs to compile and link a cell without asking the go command: the command lines that it used for
// a program with the same settings, and the compiled packages. It is kept in a file.
type plan struct {
	// Compile and Link are the arguments of the go command's call of the two tools, the tool first. In them, importcfg,
	// output and input stand for the files of the cell.
	Compile, Link []string
	// Modinfo is the line of the linker's configuration that describes the modules of the program.
	Modinfo string
	// Packages maps an import path to the file of the compiled package in Go's build cache.
	Packages map[string]string
	// Inputs are the source files of packages that may change, which are not of the module cache or of Go, and their
	// directories.
	Inputs []input
}

// The names that stand for the files of a cell in the command lines of a plan.
const (
	importcfg = "\x00importcfg"
	output    = "\x00output"
	archive   = "\x00input"
)

// input is a file or directory as it was when the plan was made.
type input struct {
	Path     string
	Size     int64
	Modified time.Time
}

// observe returns the state of a file. A directory has no size: its time changes when a file in it comes or goes.
func observe(path string) (input, error) {
	info, err := os.Stat(path)
	if err != nil {
		return input{}, err
	}
	i := input{Path: path, Modified: info.ModTime()}
	if !info.IsDir() {
		i.Size = info.Size()
	}
	return i, nil
}

// planFile returns the file of the plan for a module: its name is a hash of everything that decides how the go command
// builds a program in the module, beside the sources of its packages.
func planFile(cache, module, goCommand string, arguments []string) (string, error) {
	hash := sha256.New()
	info, err := os.Stat(goCommand)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(hash, goCommand, info.Size(), info.ModTime().UnixNano(), arguments)
	for _, setting := range goEnvironment(os.Environ()) {
		fmt.Fprintln(hash, setting)
	}
	if dir, err := os.UserConfigDir(); err == nil {
		settings, _ := os.ReadFile(filepath.Join(dir, "go", "env")) // of go env -w
		fmt.Fprintf(hash, "%s\n", settings)
	}
	modules, err := workModules(module)
	if err != nil {
		return "", err
	}
	requirements, err := requirementsOf(module, modules)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(hash, modules, requirements)
	return filepath.Join(cache, "cells", hex.EncodeToString(hash.Sum(nil))[:24]+".json"), nil
}

// requirementsOf returns what the go.mod of a module says, besides its name, which is different for each kernel, and
// the replacements by modules of the workspace, which change nothing.
func requirementsOf(module string, workspace []string) (requirements []string, err error) {
	path := filepath.Join(module, "go.mod")
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	file, err := modfile.Parse(path, data, nil)
	if err != nil {
		return nil, err
	}
	if file.Go != nil {
		requirements = append(requirements, file.Go.Version)
	}
	for _, r := range file.Require {
		requirements = append(requirements, r.Mod.String())
	}
	for _, r := range file.Replace {
		if !slices.Contains(workspace, r.New.Path) {
			requirements = append(requirements, fmt.Sprint(r.Old, r.New))
		}
	}
	return requirements, nil
}

// workModules returns the directories of the modules that the go.work beside a module uses, without the module itself.
// It returns nil if there is no go.work.
func workModules(module string) ([]string, error) {
	path := filepath.Join(module, "go.work")
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork(path, data, nil)
	if err != nil {
		return nil, err
	}
	var modules []string
	for _, use := range work.Use {
		dir := use.Path
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(module, dir)
		}
		if dir, err = filepath.Abs(dir); err != nil {
			return nil, err
		}
		if !sameFile(dir, module) {
			modules = append(modules, dir)
		}
	}
	return modules, nil
}

// sameFile reports whether two paths lead to the same file or directory.
func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}

// goEnvironment returns the variables that change what the go command builds, in order.
func goEnvironment(environment []string) []string {
	var settings []string
	for _, setting := range environment {
		name, _, _ := strings.Cut(setting, "=")
		relevant := strings.HasPrefix(name, "GO") || strings.HasPrefix(name, "CGO_") || name == "CC" || name == "CXX"
		if relevant && !strings.HasPrefix(name, "GONB_") && !strings.HasPrefix(name, "GOMLX_") {
			settings = append(settings, setting)
		}
	}
	slices.Sort(settings)
	return settings
}

// readPlan returns the plan in a file, if it still holds: no source has changed and no compiled package is missing.
func readPlan(path string) (*plan, bool) {
	p := new(plan)
	if files.ReadJSON(path, p) != nil || len(p.Compile) == 0 || len(p.Link) == 0 {
		return nil, false
	}
	for _, was := range p.Inputs {
		if now, err := observe(was.Path); err != nil || now.Size != was.Size || !now.Modified.Equal(was.Modified) {
			return nil, false
		}
	}
	return p, true
}

// covers reports whether the plan has every package that a Go file imports, and whether the file is one that the go
// command would compile in the same way: without cgo and embedded files.
func (p *plan) covers(source []byte) bool {
	if strings.Contains(string(source), "//go:") {
		return false
	}
	file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.ImportsOnly)
	if err != nil {
		return false
	}
	for _, spec := range file.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return false
		}
		if path != "unsafe" && p.Packages[path] == "" {
			return false
		}
	}
	return true
}
