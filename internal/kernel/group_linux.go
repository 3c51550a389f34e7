package kernel

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// endWithParent makes the system end a command when this process dies.
func endWithParent(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }

// dieWithParent makes the system end this process when the one that started it dies.
func dieWithParent() {
	unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
}

// processesIn returns the processes of a group that have not ended, without this one.
func processesIn(group int) (processes []int) {
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		var state string
		var parent, of int
		// The name of the program, in brackets, may contain anything.
		fmt.Sscan(string(data[bytes.LastIndexByte(data, ')')+1:]), &state, &parent, &of)
		process, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		if of == group && process != os.Getpid() && state != "Z" {
			processes = append(processes, process)
		}
	}
	return processes
}
