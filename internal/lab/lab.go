// Package lab runs JupyterLab so that nothing of it stays behind, and so that it shares no settings with another one.
package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// Options configure Run.
type Options struct {
	// Python is an interpreter with JupyterLab; see internal/setup.
	Python string
	// Kernel writes a kernelspec into a directory that Jupyter searches before all others, and returns its name.
	Kernel func(dir string) (name string, err error)
	// Settings is the directory in which JupyterLab keeps what its user sets there. It is made if it does not exist.
	Settings string
	// Directory is where the notebooks are, and Page the notebook to begin with, "" for none.
	Directory, Page string
	// Host is the address to listen on: "localhost", or "0.0.0.0" for all networks of this machine. Port is the port,
	// or the one to count up from if it is taken.
	Host string
	Port int
	// Guard is the command that runs Guard; a temporary directory and JupyterLab's command line are appended.
	Guard []string
	// Ready is called once with the address of the page, token included, when JupyterLab listens.
	Ready func(address string)
	// Log receives JupyterLab's errors, or all of its log if Verbose is set.
	Log     io.Writer
	Verbose bool
}

// temporaryName begins the name of the directory that holds everything temporary.
const temporaryName = "lmkit-"

// longest is a path in that directory, from its parent on: a kernel completes code over this socket.
const longest = "/lmkit-1234567890/lmkit-kernel-1234567890/gonb_12345678/gopls_socket"

// temporaryParent returns the directory for the temporary one: the system's own or, if that makes the path of a socket
// too long, /tmp. macOS allows 103 bytes, and its own directory has 49.
func temporaryParent(own string) string {
	if info, err := os.Stat("/tmp"); len(own)+len(longest) > 103 && err == nil && info.IsDir() {
		return "/tmp"
	}
	return own
}

// Run runs JupyterLab until it ends, or until ctx does. When Run returns, everything that JupyterLab started has ended
// and its temporary files are gone. If this process is killed, Guard does the same.
func Run(ctx context.Context, o Options) error {
	temporary, err := os.MkdirTemp(temporaryParent(os.TempDir()), temporaryName)
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	kernel, err := o.Kernel(filepath.Join(temporary, dataName))
	if err != nil {
		return err
	}
	environment, err := prepare(temporary, o.Settings)
	if err != nil {
		return err
	}
	command := append(append(o.Guard, temporary, o.Python), arguments(o, kernel)...)
	guard := exec.Command(command[0], command[1:]...)
	guard.Env = environment
	log := &errorLog{to: o.Log, all: o.Verbose}
	guard.Stdout, guard.Stderr = log, log
	guard.WaitDelay = 5 * time.Second
	detach(guard)
	// Guard ends JupyterLab when this pipe closes, which it also does when this process is killed.
	life, err := guard.StdinPipe()
	if err != nil {
		return err
	}
	if err := guard.Start(); err != nil {
		return fmt.Errorf("JupyterLab cannot be started: %w", err)
	}
	runtime := filepath.Join(temporary, runtimeName)
	stop := context.AfterFunc(ctx, func() {
		if cells := busy(runtime); cells > 0 {
			fmt.Fprintf(o.Log, "%d running cell(s) stopped; training runs with a directory saved a checkpoint and go "+
				"on when their cell is run again\n", cells)
		}
		life.Close()
	})
	defer stop()
	ended := make(chan error, 1)
	go func() { ended <- guard.Wait() }()
	return wait(ctx, o, runtime, ended, log)
}

// ErrFailed is what Guard returns if the program failed, which then has said why.
var ErrFailed = errors.New("the program failed")

// wait calls o.Ready when JupyterLab listens, and returns when it has ended.
func wait(ctx context.Context, o Options, runtime string, ended <-chan error, log *errorLog) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	ready := false
	for {
		select {
		case <-tick.C:
			if address, ok := listening(runtime, o.Page); ok {
				tick.Stop()
				ready = true
				o.Ready(address)
			}
		case err := <-ended:
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case err == nil && ready:
				return nil
			}
			return errors.New("JupyterLab ended: " + log.reason(err))
		}
	}
}

// arguments returns JupyterLab's command line after the interpreter.
func arguments(o Options, kernel string) []string {
	args := []string{"-m", "jupyterlab", "--no-browser", "--ip", o.Host, "--port", strconv.Itoa(o.Port),
		"--ServerApp.root_dir=" + o.Directory,
		"--ServerApp.jpserver_extensions={'jupyter_lsp': False}", // the kernel completes code
		"--LabApp.extension_manager=readonly",                    // the default one downloads a list
		"--MultiKernelManager.default_kernel_name=" + kernel}
	if os.Geteuid() == 0 {
		args = append(args, "--allow-root")
	}
	return args
}
