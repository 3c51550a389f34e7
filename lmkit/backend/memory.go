package backend

import (
	"os"
	"runtime"
	"slices"
	"syscall"
)

// MemoryVariable and MemoryTuning are an environment variable of GNU's C library and a value of it that makes XLA
// faster, as docs/speed.md shows. Large buffers get huge pages. Up to 256 MB of freed memory stay with the process,
// which otherwise has to request them again in the next training step. The library reads the variable when a process
// starts.
const (
	MemoryVariable = "GLIBC_TUNABLES"
	MemoryTuning   = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8388608:glibc.malloc.trim_threshold=268435456"
)

// TuneMemory replaces this process by one of the same program with MemoryTuning; call it first in main. It does
// nothing in the new process, if the user has set the variable, if the program has no XLA, or outside Linux.
func TuneMemory() {
	if _, set := os.LookupEnv(MemoryVariable); set || !built || runtime.GOOS != "linux" {
		return
	}
	program, err := os.Executable()
	if err != nil {
		return
	}
	// If this fails, the process continues as it is.
	_ = syscall.Exec(program, os.Args, Tuned(os.Environ()))
}

// setting is an entry of an environment: the variable with MemoryTuning.
const setting = MemoryVariable + "=" + MemoryTuning

// Tuned returns a copy of an environment with MemoryTuning, which replaces another value of the variable.
func Tuned(environment []string) []string {
	return append(slices.Clone(environment), setting) // os/exec takes the last of several values
}

// Untuned returns a copy of an environment without MemoryTuning, to measure programs as their users start them.
func Untuned(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(s string) bool { return s == setting })
}
