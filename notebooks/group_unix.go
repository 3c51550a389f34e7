//go:build unix

package notebooks

import (
	"os/exec"
	"syscall"
)

// ownGroup starts a command in a process group of its own, so that it can be ended with all that it started.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(c *exec.Cmd) { syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
