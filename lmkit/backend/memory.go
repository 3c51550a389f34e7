package backend

import (
	"os"
	"runtime"
	"slices"
	"syscall"
)

// MemoryVariable and MemoryTuning are an environment variable of GNU's C library and a value of it that makes XLA faster, as
// docs/speed.md shows: large buffers get huge pages, and memory that was freed stays with the process, up to 256 MB of it, instead of being
// asked for again in the next training step. The library reads it when a process starts.
const (
	MemoryVariable = "GLIBC_TUNABLES"
	MemoryTuning   = "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=8388608:glibc.malloc.trim_threshold=268435456"
)

// TuneMemory, called first in main, replaces this process by one of the same program with MemoryTuning. It returns without doing anything
// in that one, where the user has set the variable to something, and where there is no XLA or no GNU C library.
func TuneMemory() {
	if _, set := os.LookupEnv(MemoryVariable); set || !built || runtime.GOOS != "linux" {
		return
	}
	program, err := os.Executable()
	if err != nil {
		return
	}
	// Where that fails, this process goes on as it is.
	_ = syscall.Exec(program, os.Args, Tuned(os.Environ()))
}

// setting is MemoryTuning as an environment has it.
const setting = MemoryVariable + "=" + MemoryTuning

// Tuned is an environment with MemoryTuning, in place of another value that it may have.
func Tuned(environment []string) []string {
	return append(slices.Clone(environment), setting) // of several values, os/exec takes the last
}

// Untuned is an environment without MemoryTuning, for programs that are to be measured as their users start them.
func Untuned(environment []string) []string {
	return slices.DeleteFunc(slices.Clone(environment), func(s string) bool { return s == setting })
}
