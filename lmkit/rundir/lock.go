package rundir

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"owlm/internal/files"
)

// LockFile is the name of the file that Lock locks. It names the process that holds the lock.
const LockFile = ".lock"

// Lock makes the caller the only writer of a run's directory until it calls unlock or its process ends, in whatever
// way. The error says which process holds the lock.
func Lock(dir string) (unlock func(), err error) {
	path := filepath.Join(dir, LockFile)
	lock := flock.New(path)
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("%s: cannot lock the directory: %w", dir, files.Reason(err))
	}
	if !locked {
		holder, _ := os.ReadFile(path)
		return nil, fmt.Errorf("%s is in use by another run (%s), perhaps of another notebook; "+
			"wait for it, stop it or choose another directory", dir, strings.TrimSpace(string(holder)))
	}
	line := fmt.Sprintf("process %d since %s\n", os.Getpid(), time.Now().Format(time.RFC3339))
	if err := os.WriteFile(path, []byte(line), 0o644); err != nil {
		lock.Unlock()
		return nil, err
	}
	return func() { lock.Unlock() }, nil
}
