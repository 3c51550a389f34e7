//go:build unix

package lab

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// How long JupyterLab may take to end its kernels, and the system to end processes that were killed.
const (
	patience = 10 * time.Second
	grace    = 5 * time.Second
)

// detach keeps signals of the terminal from a command: Guard ends JupyterLab itself, in order.
func detach(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }

// Guard runs a program until it ends, ctx does, or life does, which is a pipe from the process that wants the program.
// The program then is asked to end. At last Guard kills every process that descends from the program, even if its
// parents have ended (on Linux; elsewhere those in the program's process group), and removes a directory. It returns
// ErrFailed if the program failed.
func Guard(ctx context.Context, life io.Reader, directory string, command []string) error {
	defer os.RemoveAll(directory)
	if err := adopt(); err != nil {
		return err
	}
	path, err := exec.LookPath(command[0])
	if err != nil {
		return err
	}
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return err
	}
	defer nothing.Close()
	// Not with os/exec: reap waits for every child.
	program, err := os.StartProcess(path, command, &os.ProcAttr{
		Files: []*os.File{nothing, os.Stdout, os.Stderr},
		Sys:   &syscall.SysProcAttr{Setpgid: true},
	})
	if err != nil {
		return err
	}
	ended, gone := make(chan syscall.WaitStatus, 1), make(chan struct{})
	go reap(program.Pid, ended, gone)
	left := make(chan struct{})
	go func() {
		io.Copy(io.Discard, life)
		close(left)
	}()
	status := end(ctx, program.Pid, left, ended)
	for until := time.Now().Add(grace); time.Now().Before(until); {
		kill(program.Pid)
		select {
		case <-gone:
			until = time.Time{}
		case <-time.After(20 * time.Millisecond):
		}
	}
	switch {
	case status.Signaled():
		return fmt.Errorf("it was %s", status.Signal())
	case status.ExitStatus() != 0:
		return ErrFailed
	}
	return nil
}

// end waits until a program has ended. It asks the program to do so when left closes or ctx ends, and kills it if that
// takes long.
func end(ctx context.Context, program int, left <-chan struct{}, ended <-chan syscall.WaitStatus) syscall.WaitStatus {
	select {
	case status := <-ended:
		return status
	case <-left:
	case <-ctx.Done():
	}
	syscall.Kill(program, syscall.SIGTERM)
	select {
	case status := <-ended:
		return status
	case <-time.After(patience):
	}
	syscall.Kill(program, syscall.SIGKILL)
	return <-ended
}

// reap waits for every child of this process, adopted ones included. It sends the status of one, and closes gone when
// none is left.
func reap(program int, ended chan<- syscall.WaitStatus, gone chan<- struct{}) {
	for {
		var status syscall.WaitStatus
		switch child, err := syscall.Wait4(-1, &status, 0, nil); {
		case err == syscall.EINTR:
		case err != nil:
			close(gone)
			return
		case child == program:
			ended <- status
		}
	}
}
