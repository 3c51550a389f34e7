//go:build !unix

package notebooks

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: this system has no process groups.
func ownGroup(*exec.Cmd) {}

// killGroup ends a process, which may have ended already.
func killGroup(process int) {
	if p, err := os.FindProcess(process); err == nil && process > 1 {
		p.Kill()
	}
}
