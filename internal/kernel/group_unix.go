//go:build unix

package kernel

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// endGroup ends the other processes of this process's group, if it leads one, as a kernel that Jupyter starts does. It
// interrupts them, and kills those that are left when the time is over.
func endGroup(within time.Duration) {
	group := syscall.Getpgrp()
	if group != os.Getpid() {
		return
	}
	signal.Ignore(os.Interrupt)
	syscall.Kill(-group, syscall.SIGINT)
	for deadline := time.Now().Add(within); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if len(processesIn(group)) == 0 {
			return
		}
	}
	for _, process := range processesIn(group) {
		syscall.Kill(process, syscall.SIGKILL)
	}
}

// become replaces this program by another. It returns only if that fails, with an exit status.
func become(program string, arguments []string) int {
	dieWithParent()
	err := syscall.Exec(program, append([]string{program}, arguments...), os.Environ())
	fmt.Fprintf(os.Stderr, "%s: %v\n", program, err)
	return 1
}
