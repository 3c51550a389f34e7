//go:build !unix

package lab

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
)

// detach does nothing: this system has no sessions.
func detach(*exec.Cmd) {}

// Guard runs a program until it ends, ctx does, or life does, which is a pipe from the process that wants the program.
// It kills the program and removes a directory. It returns ErrFailed if the program failed.
func Guard(ctx context.Context, life io.Reader, directory string, command []string) error {
	defer os.RemoveAll(directory)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		io.Copy(io.Discard, life)
		stop()
	}()
	program := exec.CommandContext(ctx, command[0], command[1:]...)
	program.Stdout, program.Stderr = os.Stdout, os.Stderr
	err := program.Run()
	if ended := (*exec.ExitError)(nil); errors.As(err, &ended) {
		return ErrFailed
	}
	return err
}
