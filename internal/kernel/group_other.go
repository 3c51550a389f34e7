//go:build !unix

package kernel

import (
	"os/exec"
	"time"
)

// There are no process groups here; GoNB ends what it started.
func endWithParent(*exec.Cmd) {}

func endGroup(time.Duration) {}

// become runs another program in place of this one, and returns its exit status.
func become(program string, arguments []string) int { return pass(program, arguments) }
