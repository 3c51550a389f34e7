package lab

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// adopt makes this process the parent of descendants whose parents end. Kernels and what they start in sessions of
// their own stay its descendants.
func adopt() error { return unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) }

// kill kills all descendants of this process. Some may start others meanwhile, so it has to be repeated until none is
// left.
func kill(int) {
	children := make(map[int][]int)
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, err := os.ReadFile(file)
		if err != nil {
			continue // it has ended
		}
		child, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		var state string
		var parent int
		// "13 (name) S 1 …": a name may contain spaces and parentheses.
		fmt.Sscan(string(stat[bytes.LastIndexByte(stat, ')')+1:]), &state, &parent)
		children[parent] = append(children[parent], child)
	}
	for list := children[os.Getpid()]; len(list) > 0; {
		child := list[0]
		list = append(list[1:], children[child]...)
		syscall.Kill(child, syscall.SIGKILL)
	}
}
