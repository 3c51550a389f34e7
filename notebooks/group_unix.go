//go:build unix

package notebooks

import (
	"os/exec"
	"syscall"
)

// ownGroup makes a command start in its own process group, so that it can be ended with everything that it started.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends the processes of a group, which may have ended already.
func killGroup(group int) {
	if group > 1 {
		syscall.Kill(-group, syscall.SIGKILL)
	}
}
