package setup

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// FindCheckout is the directory of this module's sources: the one that holds the working directory, or else the one
// that the program was built from.
func FindCheckout() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if isCheckout(dir) {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			break
		}
		dir = parent
	}
	if _, file, _, ok := runtime.Caller(0); ok {
		if dir := filepath.Dir(filepath.Dir(filepath.Dir(file))); isCheckout(dir) {
			return dir, nil
		}
	}
	return "", fmt.Errorf("the sources of owlm were not found; run this in a checkout of them")
}

func isCheckout(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	return err == nil && strings.HasPrefix(string(data), "module owlm\n")
}

// buildTools builds the programs that notebooks need, at the versions that go.mod pins, and returns their directory.
func buildTools(ctx context.Context, dir string, o Options) (bin string, err error) {
	sums, err := os.ReadFile(filepath.Join(o.Checkout, "go.sum"))
	if err != nil {
		return "", err
	}
	if _, err := exec.LookPath("go"); err != nil {
		return "", fmt.Errorf("the program go is missing; notebooks need it to compile their cells")
	}
	bin = filepath.Join(dir, "bin-"+short(sums, []byte(runtime.Version())))
	if !isComplete(bin) {
		fmt.Fprintln(o.Log, "building the Go kernel for Jupyter (gonb, goimports) …")
		if err := build(ctx, o.Checkout, bin, "github.com/janpfeifer/gonb", "golang.org/x/tools/cmd/goimports"); err != nil {
			return "", err
		}
		if err := setComplete(bin); err != nil {
			return "", err
		}
	}
	gopls := filepath.Join(bin, "gopls")
	if _, err := os.Stat(gopls); err != nil && o.Completion {
		fmt.Fprintln(o.Log, "building gopls, for completion in cells …")
		if err := build(ctx, filepath.Join(o.Checkout, "lmkit", "setup", "gopls"), bin, "golang.org/x/tools/gopls"); err != nil {
			return "", err
		}
	}
	return bin, nil
}

// build compiles the main packages of a module's tools into a directory. go build replaces each as a whole.
func build(ctx context.Context, module, bin string, packages ...string) error {
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	args := append([]string{"build", "-mod=readonly", "-o", bin + string(filepath.Separator)}, packages...)
	if err := command(ctx, module, "go", args...); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("building %s failed: %s", strings.Join(packages, ", "), lastLine(err.Error()))
	}
	return nil
}

// compilerProblem says what is missing for programs with XLA, "" if nothing is.
func compilerProblem() string {
	output, err := exec.Command("go", "env", "CC", "CGO_ENABLED").Output()
	if err != nil {
		return "the program go is missing"
	}
	fields := strings.Fields(string(output))
	if len(fields) == 2 && fields[1] == "1" {
		if _, err := exec.LookPath(fields[0]); err == nil {
			return ""
		}
	}
	return "a C compiler is missing, so XLA is left out and the go engine computes; on Debian and Ubuntu, install gcc"
}
