//go:build !unix

package kernel

import (
	"os/exec"
	"time"
)

// There are no process groups here; GoNB ends what it started.
func endWithParent(*exec.Cmd) {}

func endGroup(time.Duration) {}
