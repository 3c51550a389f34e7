package setup

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// The modules that pin the tools' versions, and the packages to build.
const (
	gonbModule       = "github.com/janpfeifer/gonb" // also the package
	toolsModule      = "golang.org/x/tools"
	goimportsPackage = toolsModule + "/cmd/goimports"
	goplsPackage     = toolsModule + "/gopls" // also the module
)

// The kernel's program and the packages that it consists of are the checkout's own.
const kernelPackage = "./cmd/lmkit-kernel"

var kernelSources = []string{"cmd/lmkit-kernel", "internal/kernel", "internal/files", "internal/oneline",
	"internal/setup"}

// toolsDir returns the directory of the tools of a checkout. Its name depends on the versions that the checkout pins
// and on the sources of the kernel.
func toolsDir(dir, checkout string) (string, error) {
	m, err := readModule(checkout)
	if err != nil {
		return "", err
	}
	versions := fmt.Sprintln(gonbModule, m.versions[gonbModule], toolsModule, m.versions[toolsModule])
	content := [][]byte{[]byte(versions), []byte(runtime.Version())}
	for _, name := range kernelSources {
		sources, err := filepath.Glob(filepath.Join(checkout, filepath.FromSlash(name), "*.go"))
		if err != nil {
			return "", err
		}
		for _, source := range sources {
			if strings.HasSuffix(source, "_test.go") {
				continue
			}
			data, err := os.ReadFile(source)
			if err != nil {
				return "", fmt.Errorf("the sources of the kernel cannot be read: %w", err)
			}
			content = append(content, data)
		}
	}
	return filepath.Join(dir, "bin-"+short(content...)), nil
}

// buildTools builds the programs that notebooks need, at the versions that go.mod pins, and returns their directory.
func buildTools(ctx context.Context, dir string, o Options) (bin string, err error) {
	bin, err = toolsDir(dir, o.Checkout)
	if err != nil {
		return "", err
	}
	return fill(dir, filepath.Base(bin), func(temporary string) error {
		return build(ctx, o.Checkout, temporary, gonbModule, goimportsPackage, kernelPackage)
	})
}

// compileCells has the kernel compile the packages that cells import, with its own settings of Go. Without that, the
// first cells would wait for it.
func compileCells(ctx context.Context, e Environment) error {
	if e.Bin == "" {
		return nil // the reason was reported
	}
	content, err := e.Kernel(false)
	if err != nil {
		return err
	}
	var spec struct{ Env map[string]string }
	if err := json.Unmarshal(content, &spec); err != nil {
		return err
	}
	var environment []string
	for name, value := range spec.Env {
		environment = append(environment, name+"="+os.Expand(value, func(name string) string {
			if name == "$" { // which stands for itself, as in Jupyter
				return "$"
			}
			return os.Getenv(name)
		}))
	}
	err = command(ctx, "", environment, filepath.Join(e.Bin, "lmkit-kernel"), "warm", e.checkout)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("the first cells will take longer: %s", lastLine(err.Error()))
	}
	return err
}

// goplsModule returns the directory of the module that pins gopls.
func goplsModule(checkout string) string {
	return filepath.Join(checkout, "internal", "setup", "gopls")
}

// goplsDir returns the directory of the gopls that a checkout pins. Its name depends on the whole go.mod, as that
// holds the versions of everything in gopls.
func goplsDir(dir, checkout string) (string, error) {
	content, err := os.ReadFile(filepath.Join(goplsModule(checkout), "go.mod"))
	if err != nil {
		return "", fmt.Errorf("the go.mod of gopls cannot be read: %w", err)
	}
	return filepath.Join(dir, "gopls-"+short(content, []byte(runtime.Version()))), nil
}

// buildGopls builds gopls at the version that its go.mod pins, and returns its directory.
func buildGopls(ctx context.Context, dir string, o Options) (string, error) {
	gopls, err := goplsDir(dir, o.Checkout)
	if err != nil {
		return "", err
	}
	path, err := fill(dir, filepath.Base(gopls), func(temporary string) error {
		return build(ctx, goplsModule(o.Checkout), temporary, goplsPackage)
	})
	if err != nil && ctx.Err() == nil {
		return "", fmt.Errorf("cells have no completion: %w", err)
	}
	return path, err
}

// build compiles main packages that a module pins into a directory.
func build(ctx context.Context, module, bin string, packages ...string) error {
	args := append([]string{"build", "-mod=readonly", "-o", bin + string(filepath.Separator)}, packages...)
	err := command(ctx, module, []string{"GOWORK=off"}, "go", args...)
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("%s cannot be built: %s", strings.Join(packages, " and "), lastLine(err.Error()))
	}
	return err
}
