//go:build unix

package notebooks

import (
	"os/exec"
	"syscall"
)

// ownGroup starts a command in a process group of its own, so that it can be ended with all that it started.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends the processes of a group, which may have ended already.
func killGroup(group int) {
	if group > 1 {
		syscall.Kill(-group, syscall.SIGKILL)
	}
}
