// Package enginetest chooses the engines that tests run on.
package enginetest

import (
	"os/exec"
	"sync"
	"testing"

	"owlm/lmkit/backend"
)

// Names returns the engines that tests run on: the Go engine and, unless tests are short, XLA on the CPU. It sets up
// XLA if need be. If that fails, it leaves XLA out, and the test's log says why.
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

// openXLA opens XLA once, and sets it up first if need be. Another process sets it up, because a broken plugin can end
// the process that tries it.
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
