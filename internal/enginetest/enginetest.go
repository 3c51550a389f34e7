// Package enginetest chooses the engines that tests run on.
package enginetest

import (
	"os"
	"os/exec"
	"strings"
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

// Optimized is the environment variable that has XLA optimize what tests run, as it does for users. Without it XLA only
// compiles: that is most of the time of tests with many small graphs. .ci/run sets it.
const Optimized = "LMKIT_TEST_OPTIMIZED"

// openXLA opens XLA once, and sets it up first if need be. Another process sets it up, because a broken plugin can end
// the process that tries it.
var openXLA = sync.OnceValue(func() error {
	if os.Getenv(Optimized) == "" {
		os.Setenv("XLA_FLAGS", strings.TrimSpace(os.Getenv("XLA_FLAGS")+" --xla_backend_optimization_level=0"))
	}
	if _, err := backend.Open(backend.XLACPU); err == nil {
		return nil
	}
	if err := exec.Command("go", "run", "owlm/cmd/lmkit", "setup").Run(); err != nil {
		return err
	}
	_, err := backend.Open(backend.XLACPU)
	return err
})
