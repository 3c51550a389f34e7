// Command lmkit-kernel is the kernel "Go (lmkit)" of the notebooks; see package kernel. Jupyter starts it with the file
// that describes the sockets, the program of GoNB, and the modules that cells can import. Under the names go and
// gopls it stands in for these in the PATH of GoNB.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"owlm/internal/kernel"
	"owlm/internal/setup"
)

func main() { os.Exit(run(os.Args[0], os.Args[1:])) }

func run(name string, arguments []string) int {
	cache, err := setup.CacheDir()
	as := strings.TrimSuffix(filepath.Base(name), ".exe")
	switch {
	case err != nil:
	case as == kernel.GoName:
		return kernel.Build(cache, arguments)
	case as == kernel.GoplsName:
		return kernel.Gopls(arguments)
	case len(arguments) > 1 && arguments[0] == kernel.CaptureJob:
		return kernel.Capture(arguments[1], arguments[2:])
	case len(arguments) > 0 && arguments[0] == kernel.PrepareJob:
		err = kernel.Prepare(context.Background(), cache, arguments[1:])
	case len(arguments) > 0 && arguments[0] == kernel.WarmJob:
		err = kernel.Warm(context.Background(), cache, arguments[1:])
	case len(arguments) < 2:
		err = errors.New("usage: lmkit-kernel CONNECTION_FILE GONB [MODULE...]")
	default:
		err = kernel.Run(kernel.Options{Connection: arguments[0], GoNB: arguments[1], Workspace: arguments[2:]})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "lmkit-kernel: "+err.Error())
		return 1
	}
	return 0
}
