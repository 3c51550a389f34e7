package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"owlm/internal/setup"
	"owlm/lmkit/backend"
)

func kernelCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "kernel",
		Short: "Install the Go kernel for VS Code and other programs with notebooks, or take it out",
		Example: "  lmkit kernel install\n" +
			"  lmkit kernel install --prefix /usr/local\n" +
			"  lmkit kernel uninstall",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef(c, "there is no %q; it must be install or uninstall", args[0])
			}
			return usagef(c, "install or uninstall is missing")
		},
	}
	c.AddCommand(kernelInstallCommand(), kernelUninstallCommand())
	return c
}

// kernelPlace says in which directory of Jupyter's data a kernel is.
type kernelPlace struct{ prefix, data string }

func (p *kernelPlace) addFlags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&p.prefix, "prefix", "", "`directory` of a Python or of the system: kernels are in its share/jupyter")
	f.StringVar(&p.data, "data-dir", "", "`directory` of Jupyter's data; the default is the user's own")
}

func (p *kernelPlace) directory(c *cobra.Command) (string, error) {
	switch {
	case p.prefix != "" && p.data != "":
		return "", usagef(c, "--prefix and --data-dir exclude each other")
	case p.prefix != "":
		return filepath.Abs(filepath.Join(p.prefix, "share", "jupyter"))
	case p.data != "":
		return filepath.Abs(p.data)
	}
	return setup.JupyterDataDir()
}

func kernelInstallCommand() *cobra.Command {
	var place kernelPlace
	var asJSON bool
	c := &cobra.Command{
		Use:     "install",
		Short:   "Set up what is missing and install the kernel",
		Example: "  lmkit kernel install\n  LMKIT_CACHE=/opt/lmkit lmkit kernel install --prefix /usr/local",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			data, err := place.directory(c)
			if err != nil {
				return err
			}
			environment, checkout, err := prepare(c, setup.Options{Completion: true})
			if err != nil {
				return err
			}
			dir, err := environment.InstallKernel(data, cellVariables())
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), map[string]any{
					"directory": dir, "name": setup.KernelName, "checkout": checkout,
				})
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "Go (lmkit) is installed in %s; its cells import from %s\n",
				dir, checkout)
			return err
		},
	}
	place.addFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, jsonUsage)
	return c
}

// cellVariables returns what a kernel's environment has to hold because no lmkit starts it; see backend.TuneMemory.
func cellVariables() map[string]string {
	if value := os.Getenv(backend.MemoryVariable); value != "" {
		return map[string]string{backend.MemoryVariable: value}
	}
	return nil
}

func kernelUninstallCommand() *cobra.Command {
	var place kernelPlace
	var asJSON bool
	c := &cobra.Command{
		Use:     "uninstall",
		Short:   "Take the kernel out that lmkit kernel install has installed",
		Example: "  lmkit kernel uninstall",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			data, err := place.directory(c)
			if err != nil {
				return err
			}
			dir, removed, err := setup.UninstallKernel(data)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), map[string]any{"directory": dir, "removed": removed})
			}
			message := "Go (lmkit) is removed from"
			if !removed {
				message = "There is no kernel in"
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s %s\n", message, dir)
			return err
		},
	}
	place.addFlags(c)
	c.Flags().BoolVar(&asJSON, "json", false, jsonUsage)
	return c
}
