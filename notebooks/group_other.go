//go:build !unix

package notebooks

import (
	"os"
	"os/exec"
)

func ownGroup(*exec.Cmd) {}

func killGroup(process int) {
	if p, err := os.FindProcess(process); err == nil && process > 1 {
		p.Kill()
	}
}
