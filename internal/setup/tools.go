package setup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// toolVersion matches the lines of go.mod that pin the tools.
var toolVersion = regexp.MustCompile(`(?m)^\s*(github.com/janpfeifer/gonb|golang.org/x/tools) v\S+`)

// toolsDir is the directory of the tools that a checkout pins.
func toolsDir(dir, checkout string) (string, error) {
	module, err := os.ReadFile(filepath.Join(checkout, "go.mod"))
	if err != nil {
		return "", fmt.Errorf("the checkout's go.mod cannot be read: %w", err)
	}
	versions := strings.Join(toolVersion.FindAllString(string(module), -1), "\n")
	return filepath.Join(dir, "bin-"+short([]byte(versions), []byte(runtime.Version()))), nil
}

// buildTools builds the programs that notebooks need, at the versions that go.mod pins, and returns their directory.
func buildTools(ctx context.Context, dir string, o Options) (bin string, err error) {
	bin, err = toolsDir(dir, o.Checkout)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(o.Log, "building the Go kernel for Jupyter (gonb, goimports) …")
	return fill(dir, filepath.Base(bin), func(temporary string) error {
		return build(ctx, o.Checkout, temporary, "github.com/janpfeifer/gonb", "golang.org/x/tools/cmd/goimports")
	})
}

func goplsModule(checkout string) string { return filepath.Join(checkout, "internal", "setup", "gopls") }

// goplsDir is the directory of the gopls that its own module pins.
func goplsDir(dir, checkout string) (string, error) {
	module, err := os.ReadFile(filepath.Join(goplsModule(checkout), "go.mod"))
	if err != nil {
		return "", fmt.Errorf("the go.mod of gopls cannot be read: %w", err)
	}
	return filepath.Join(dir, "gopls-"+short(module, []byte(runtime.Version()))), nil
}

func buildGopls(ctx context.Context, dir string, o Options) (string, error) {
	gopls, err := goplsDir(dir, o.Checkout)
	if err != nil {
		return "", err
	}
	fmt.Fprintln(o.Log, "building gopls, for completion in cells …")
	return fill(dir, filepath.Base(gopls), func(temporary string) error {
		return build(ctx, goplsModule(o.Checkout), temporary, "golang.org/x/tools/gopls")
	})
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
