package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"owlm/lmkit/setup"
)

func setupCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:     "setup",
		Short:   "Install XLA, JupyterLab and the Go kernel into the user's cache directory",
		Example: "  lmkit setup",
		RunE: func(c *cobra.Command, _ []string) error {
			e, _, err := prepare(c, true)
			if err != nil {
				return err
			}
			dir, err := setup.CacheDir()
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), map[string]any{"cache": dir, "python": e.Python, "bin": e.Bin, "plugin": e.Plugin.Path, "problems": e.Problems})
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "Everything is in place in %s\n", dir)
			return err
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "write one JSON object")
	return c
}
