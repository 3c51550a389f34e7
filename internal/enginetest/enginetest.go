// Package enginetest says which engines tests run on.
package enginetest

import (
	"os/exec"
	"sync"
	"testing"

	"owlm/lmkit/backend"
)

// Names are the engines that tests run on: the Go engine and, unless tests are short, XLA on the CPU, which is set up where it is
// missing. Where it cannot be, the test's log says why.
func Names(t testing.TB) []string {
	names := []string{backend.Go}
	if testing.Short() {
		return names
	}
	if err := openXLA(); err != nil {
		t.Logf("%s is left out: %v", backend.XLACPU, err)
		return names
	}
	return append(names, backend.XLACPU)
}

// openXLA opens XLA once, and sets it up first if need be. Set-up is another program's: it starts plugins that may be broken.
var openXLA = sync.OnceValue(func() error {
	if _, err := backend.Open(backend.XLACPU); err == nil {
		return nil
	}
	if err := exec.Command("go", "run", "owlm/cmd/lmkit", "setup").Run(); err != nil {
		return err
	}
	_, err := backend.Open(backend.XLACPU)
	return err
})
