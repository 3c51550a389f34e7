package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/spf13/cobra"
)

func labCommand() *cobra.Command {
	var port int
	var noBrowser bool
	c := &cobra.Command{
		Use:     "lab",
		Short:   "Open JupyterLab on the notebooks, with the Go kernel ready",
		Example: "  lmkit lab",
		RunE: func(c *cobra.Command, _ []string) error {
			environment, checkout, err := prepare(c, true)
			if err != nil {
				return err
			}
			args := []string{"-m", "jupyterlab", "--port", strconv.Itoa(port), "--ServerApp.root_dir", filepath.Join(checkout, "notebooks")}
			if noBrowser {
				args = append(args, "--no-browser")
			}
			lab := exec.CommandContext(c.Context(), environment.Python, args...)
			lab.Cancel = func() error { return lab.Process.Signal(os.Interrupt) }
			lab.WaitDelay = 10 * time.Second
			lab.Env = append(os.Environ(), "JUPYTER_PREFER_ENV_PATH=1")
			lab.Stdin, lab.Stdout, lab.Stderr = os.Stdin, c.OutOrStdout(), c.ErrOrStderr()
			if err := lab.Run(); err != nil && c.Context().Err() == nil {
				return errors.New("JupyterLab ended: " + oneLine(err))
			}
			return c.Context().Err()
		},
	}
	c.Flags().IntVar(&port, "port", 8888, "port to listen on")
	c.Flags().BoolVar(&noBrowser, "no-browser", false, "open no browser")
	return c
}
