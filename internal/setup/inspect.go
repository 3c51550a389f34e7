package setup

import (
	"path/filepath"
	"slices"
	"strings"
)

// Part is something that Run installs.
type Part struct {
	Name string
	// Version is the version that this lmkit installs.
	Version string
	// Path is where the part is installed, "" if it is not.
	Path string
}

// Inspect reports what is installed for a checkout. It changes nothing.
func Inspect(checkout string) ([]Part, error) {
	dir, err := CacheDir()
	if err != nil {
		return nil, err
	}
	if checkout, err = filepath.Abs(checkout); err != nil {
		return nil, err
	}
	e, missing := inspect(dir, Options{Checkout: checkout})
	kernel := kernelPath(venvDir(dir))
	if slices.Contains(missing, "kernel") {
		kernel = ""
	}
	return []Part{
		{"JupyterLab", lockedVersion("jupyterlab"), e.Python},
		{"XLA for the CPU", lockedVersion(pluginPackage), e.Plugin.Path},
		{"gonb, goimports", moduleVersion(checkout, gonbModule), e.Bin},
		{"gopls", moduleVersion(goplsModule(checkout), goplsPackage), e.Gopls},
		{"kernel", "", kernel},
	}, nil
}

// lockedVersion returns the version of a package in the lock file.
func lockedVersion(name string) string {
	entry, _ := splitRequirements(requirements, name)
	fields := strings.Fields(strings.TrimPrefix(entry, name+"=="))
	if len(fields) == 0 {
		return ""
	}
	return fields[0]
}

// moduleVersion returns the version of a dependency in the go.mod of a directory, "" if it is not known.
func moduleVersion(dir, dependency string) string {
	m, _ := readModule(dir)
	return m.versions[dependency]
}
