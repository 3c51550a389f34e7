//go:build unix && !linux

package lab

import "syscall"

// adopt does nothing: this system gives processes whose parents end to its first process.
func adopt() error { return nil }

// kill kills the process group of a program.
func kill(program int) { syscall.Kill(-program, syscall.SIGKILL) }
