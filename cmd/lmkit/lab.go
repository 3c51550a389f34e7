package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"owlm/internal/oneline"
	"owlm/internal/setup"
	"owlm/notebooks"
)

func labCommand() *cobra.Command {
	var port int
	var noBrowser, inPlace bool
	var dir string
	c := &cobra.Command{
		Use:   "lab",
		Short: "Open JupyterLab on a copy of the notebooks, with the Go kernel ready",
		Example: "  lmkit lab\n" +
			"  lmkit lab --no-browser --port 9000",
		RunE: func(c *cobra.Command, _ []string) error {
			environment, checkout, err := prepare(c, setup.Options{Completion: true})
			if err != nil {
				return err
			}
			sources := filepath.Join(checkout, "notebooks")
			if inPlace {
				dir = sources
			} else if err := copyNotebooks(sources, dir, c.ErrOrStderr()); err != nil {
				return err
			}
			if dir, err = filepath.Abs(dir); err != nil {
				return err
			}
			kernels, err := os.MkdirTemp("", "lmkit-lab-")
			if err != nil {
				return err
			}
			defer os.RemoveAll(kernels)
			if err := writeKernel(environment, kernels); err != nil {
				return err
			}
			return runLab(c, environment.Python, dir, kernels, port, noBrowser)
		},
	}
	f := c.Flags()
	f.StringVar(&dir, "dir", "lab",
		"`directory` to work in; notebooks are copied to it, but those that it already has stay as they are")
	f.BoolVar(&inPlace, "in-place", false, "open the notebooks of the checkout instead of copies")
	f.IntVar(&port, "port", 8888, "port to listen on; if it is taken, the next free one")
	f.BoolVar(&noBrowser, "no-browser", false, "do not open a browser")
	return c
}

// copyNotebooks copies the notebooks that a directory does not have yet. The others may have been changed by the user.
func copyNotebooks(sources, dir string, log io.Writer) error {
	list, err := notebooks.List(sources)
	if err != nil {
		return err
	}
	if _, err := os.Stat(dir); err != nil {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("the directory for your copies cannot be made: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("*\n"), 0o644); err != nil {
			return err
		}
	}
	copied := 0
	for _, source := range list {
		data, err := os.ReadFile(source)
		if err != nil {
			return err
		}
		file, err := os.OpenFile(filepath.Join(dir, filepath.Base(source)), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, os.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		_, err = file.Write(data)
		if err := errors.Join(err, file.Close()); err != nil {
			return err
		}
		copied++
	}
	fmt.Fprintf(log, "%d notebooks copied to %s, %d were already there\n", copied, dir, len(list)-copied)
	return nil
}

// writeKernel writes the kernel of this checkout into a directory for Jupyter's search path, because the kernel in the
// virtual environment is shared with other checkouts.
func writeKernel(environment setup.Environment, dir string) error {
	kernel, err := environment.Kernel(true)
	if err != nil {
		return err
	}
	dir = filepath.Join(dir, "kernels", setup.KernelName)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "kernel.json"), kernel, 0o644)
}

// runLab runs JupyterLab until it ends or is interrupted.
func runLab(c *cobra.Command, python, dir, kernels string, port int, noBrowser bool) error {
	args := []string{"-m", "jupyterlab", "--port", strconv.Itoa(port), "--ServerApp.root_dir=" + dir,
		"--LabApp.extension_manager=readonly", // the default one downloads a list
		"--MultiKernelManager.default_kernel_name=" + setup.KernelName}
	if noBrowser {
		args = append(args, "--no-browser")
	}
	if os.Geteuid() == 0 {
		args = append(args, "--allow-root")
	}
	lab := exec.CommandContext(c.Context(), python, args...)
	// An interrupt makes JupyterLab ask whether to end. This signal ends it, and its kernels.
	lab.Cancel = func() error { return lab.Process.Signal(syscall.SIGTERM) }
	lab.WaitDelay = 10 * time.Second
	if path := os.Getenv("JUPYTER_PATH"); path != "" {
		kernels += string(os.PathListSeparator) + path
	}
	lab.Env = append(os.Environ(), "JUPYTER_PATH="+kernels, "JUPYTER_PREFER_ENV_PATH=1")
	lab.Stdin, lab.Stdout, lab.Stderr = os.Stdin, c.OutOrStdout(), c.ErrOrStderr()
	if err := lab.Run(); err != nil && c.Context().Err() == nil {
		return errors.New("JupyterLab ended: " + oneline.Of(err))
	}
	return c.Context().Err()
}
