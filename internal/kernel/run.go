package kernel

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/gofrs/flock"

	"owlm/internal/files"
)

// Options configure Run.
type Options struct {
	// Connection is the file in which Jupyter describes the sockets of the kernel.
	Connection string
	// GoNB is the program of GoNB.
	GoNB string
	// Workspace lists the directories of modules that cells can import, besides Go's.
	Workspace []string
}

// pathVariable names the directory in the PATH of GoNB with the kernel's own go command.
const pathVariable = "LMKIT_KERNEL_BIN"

// Running is the environment variable that is set in the programs of cells.
const Running = "LMKIT_KERNEL"

// patience is how long the program of a cell has to end by itself when the kernel ends.
const patience = 4 * time.Second

// Run is the kernel: it runs GoNB until Jupyter shuts it down, or ends itself. Then it ends everything that GoNB has
// started, and removes all temporary files, also those that kernels before it left because they were killed.
func Run(o Options) error {
	var front connection
	if err := files.ReadJSON(o.Connection, &front); err != nil {
		return err
	}
	removeAbandoned(os.TempDir())
	dir, unlock, err := makeTemporary(os.TempDir())
	if err != nil {
		return err
	}
	defer func() {
		unlock()
		os.RemoveAll(dir)
	}()
	back, err := front.behind()
	if err != nil {
		return err
	}
	file := filepath.Join(dir, filepath.Base(o.Connection)) // GoNB reads the kernel's identity from the name
	if err := files.WriteJSON(file, back); err != nil {
		return err
	}
	list, err := environment(dir)
	if err != nil {
		return err
	}
	gonb := exec.Command(o.GoNB, "--kernel", file, "-raw_error", "-go_work="+strings.Join(o.Workspace, ","))
	gonb.Env = list
	gonb.Stdout, gonb.Stderr = os.Stdout, os.Stderr
	defer endGopls(dir)
	return supervise(gonb, front, back)
}

// supervise runs GoNB to its end.
func supervise(gonb *exec.Cmd, front, back connection) error {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	runtime.LockOSThread() // on Linux, GoNB gets a signal when the thread that started it ends
	endWithParent(gonb)
	parent := os.Getppid()
	if err := gonb.Start(); err != nil {
		return fmt.Errorf("GoNB does not start: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- gonb.Wait() }()
	relayed := make(chan error, 1)
	go func() { relayed <- relay(ctx, front, back) }()
	orphaned := time.NewTicker(time.Second)
	defer orphaned.Stop()
	asked := false
	end := func() {
		if !asked {
			asked = true
			gonb.Process.Signal(syscall.SIGTERM) // interrupts the cell
			time.AfterFunc(patience, func() { gonb.Process.Kill() })
		}
	}
	var problem error
	for {
		select {
		case err := <-ended:
			endGroup(patience)
			if !asked && problem == nil && err != nil {
				problem = fmt.Errorf("GoNB ended: %w", err)
			}
			return problem
		case problem = <-relayed:
			relayed = nil
			end()
		case s := <-signals:
			if s != os.Interrupt { // an interrupt reaches GoNB by itself
				end()
			}
		case <-orphaned.C:
			if os.Getppid() != parent {
				end()
			}
		}
	}
}

// The names under which the kernel's program stands in for others in the PATH of GoNB.
const (
	GoName    = "go"    // Build
	GoplsName = "gopls" // Gopls
)

// environment returns the environment of GoNB: temporary files go to dir, and the go command and gopls are those of the
// kernel.
func environment(dir string) ([]string, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	bin := filepath.Join(dir, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		return nil, err
	}
	list := append(os.Environ(), "TMPDIR="+dir, "TMP="+dir, "TEMP="+dir, Running+"=1")
	names := []string{GoName}
	if hasGopls() {
		names = append(names, GoplsName)
	}
	for _, name := range names {
		if runtime.GOOS == "windows" {
			name += ".exe"
		}
		if err := os.Symlink(self, filepath.Join(bin, name)); err != nil {
			return list, nil // as on Windows without the right to make links: cells are built by the go command
		}
	}
	path := bin + string(os.PathListSeparator) + os.Getenv("PATH")
	return append(list, pathVariable+"="+bin, "PATH="+path), nil
}

// temporaryName begins the name of a kernel's temporary directory. In it is a file that is locked while the kernel
// lives.
const (
	temporaryName = "lmkit-kernel-"
	lockName      = "lock"
)

func makeTemporary(parent string) (dir string, unlock func(), err error) {
	if dir, err = os.MkdirTemp(parent, temporaryName); err != nil {
		return "", nil, err
	}
	lock := flock.New(filepath.Join(dir, lockName))
	if locked, err := lock.TryLock(); err != nil || !locked {
		os.RemoveAll(dir)
		return "", nil, errors.Join(err, errors.New("the kernel's temporary directory cannot be locked"))
	}
	return dir, func() { lock.Unlock() }, nil
}

// removeAbandoned removes the temporary directories of kernels that were killed.
func removeAbandoned(parent string) {
	found, _ := filepath.Glob(filepath.Join(parent, temporaryName+"*"))
	for _, dir := range found {
		path := filepath.Join(dir, lockName)
		info, err := os.Stat(path)
		if err != nil || time.Since(info.ModTime()) < 10*time.Second { // one that begins just now
			continue
		}
		lock := flock.New(path)
		if locked, err := lock.TryLock(); err == nil && locked {
			lock.Unlock()
			os.RemoveAll(dir)
		}
	}
}
