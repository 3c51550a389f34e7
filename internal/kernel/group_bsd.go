//go:build unix && !linux

package kernel

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// endWithParent and dieWithParent do nothing here: the kernel ends what it started, unless it is killed.
func endWithParent(*exec.Cmd) {}

func dieWithParent() {}

// processesIn returns the processes of a group that have not ended, without this one.
func processesIn(group int) (processes []int) {
	c := exec.Command("ps", "-axo", "pid=,pgid=,stat=")
	data, err := c.Output()
	if err != nil {
		return nil
	}
	for line := range strings.Lines(string(data)) {
		var process, of int
		var state string
		fmt.Sscan(line, &process, &of, &state)
		if of == group && process != os.Getpid() && process != c.Process.Pid && !strings.HasPrefix(state, "Z") {
			processes = append(processes, process)
		}
	}
	return processes
}
