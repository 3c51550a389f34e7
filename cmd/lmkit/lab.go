package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/spf13/cobra"

	"owlm/internal/lab"
	"owlm/internal/setup"
	"owlm/notebooks"
)

func labCommand() *cobra.Command {
	var o lab.Options
	var noBrowser, inPlace bool
	c := &cobra.Command{
		Use:   "lab",
		Short: "Open JupyterLab on a copy of the notebooks, with the Go kernel ready",
		Example: "  lmkit lab\n" +
			"  lmkit lab --no-browser --port 9000\n" +
			"  lmkit lab --dir course --verbose",
		RunE: func(c *cobra.Command, _ []string) error {
			if o.Port < 1 || o.Port > 65535 {
				return usagef(c, "--port is %d; it must be from 1 to 65535", o.Port)
			}
			if _, err := net.DefaultResolver.LookupHost(c.Context(), o.Host); err != nil {
				return fmt.Errorf("--host %s is not an address of this machine; try localhost or 0.0.0.0", o.Host)
			}
			environment, checkout, err := prepare(c, setup.Options{Completion: true})
			if err != nil {
				return err
			}
			sources := filepath.Join(checkout, "notebooks")
			if inPlace {
				o.Directory = sources
			} else if err := copyNotebooks(sources, o.Directory, c.ErrOrStderr()); err != nil {
				return err
			}
			if o.Directory, err = filepath.Abs(o.Directory); err != nil {
				return err
			}
			o.Page = firstPage(o.Directory)
			o.Ready = func(address string) {
				fmt.Fprintf(c.OutOrStdout(), "JupyterLab: %s (Ctrl-C ends it)\n", address)
				if !noBrowser {
					openBrowser(environment.Python, address)
				}
			}
			return runLab(c, environment, o)
		},
	}
	f := c.Flags()
	f.StringVar(&o.Directory, "dir", "lab",
		"`directory` to work in; notebooks are copied to it, but those that it already has stay as they are")
	f.BoolVar(&inPlace, "in-place", false, "open the notebooks of the checkout instead of copies")
	f.StringVar(&o.Host, "host", "localhost",
		"`address` to listen on; 0.0.0.0: all networks of this machine, as a container needs it")
	f.IntVar(&o.Port, "port", 8888, "port to listen on; if it is taken, the next free one")
	f.BoolVar(&noBrowser, "no-browser", false, "do not open a browser")
	f.BoolVar(&o.Verbose, "verbose", false, "show all of JupyterLab's log, not only errors")
	return c
}

// runLab runs JupyterLab until it ends, is interrupted, or its terminal is closed.
func runLab(c *cobra.Command, environment setup.Environment, o lab.Options) (err error) {
	ctx, stop := signal.NotifyContext(c.Context(), syscall.SIGHUP)
	defer stop()
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if o.Settings, err = lab.SettingsDir(); err != nil {
		return err
	}
	o.Python, o.Guard, o.Log = environment.Python, []string{self, guardName}, c.ErrOrStderr()
	o.Kernel = func(dir string) (string, error) { return setup.KernelName, environment.WriteKernel(dir) }
	return lab.Run(ctx, o)
}

// guardName is the hidden verb that runs lab.Guard.
const guardName = "guard-lab"

func guardCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     guardName + " DIRECTORY PROGRAM [ARGUMENT...]",
		Short:   "Run a program until standard input ends; then end it, and remove a directory",
		Example: "  lmkit " + guardName + " /tmp/lab python3 -m jupyterlab",
		Hidden:  true,
		Args: func(c *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usagef(c, "it takes a directory and a program")
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error {
			err := lab.Guard(c.Context(), c.InOrStdin(), args[0], args[1:])
			if errors.Is(err, lab.ErrFailed) {
				return errShown
			}
			return err
		},
	}
	c.Flags().SetInterspersed(false) // the flags after the directory are the program's
	return c
}

// firstPage returns the name of the first notebook in a directory, "" if there is none.
func firstPage(dir string) string {
	list, err := notebooks.List(dir)
	if err != nil {
		return ""
	}
	return filepath.Base(list[0])
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
		copy := filepath.Join(dir, filepath.FromSlash(notebooks.Name(source))+".ipynb")
		if err := os.MkdirAll(filepath.Dir(copy), 0o755); err != nil {
			return err
		}
		file, err := os.OpenFile(copy, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
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

// openBrowser opens a page with the user's browser, if Python finds one. The browser is no part of the lab: it gets the
// user's environment and survives.
func openBrowser(python, address string) {
	browser := exec.Command(python, "-m", "webbrowser", "-t", address)
	if browser.Start() == nil {
		go browser.Wait()
	}
}
