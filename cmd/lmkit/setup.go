package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"owlm/internal/setup"
)

func setupCommand() *cobra.Command {
	var engine string
	var unverified, asJSON bool
	c := &cobra.Command{
		Use:     "setup",
		Short:   "Install XLA, JupyterLab and the Go kernel into the user's cache directory",
		Example: "  lmkit setup",
		RunE: func(c *cobra.Command, _ []string) error {
			switch engine {
			case "cpu":
			case "cuda":
				return errors.New("this version sets up XLA for the CPU only; leave out --backend")
			default:
				return usagef(c, "--backend is %q; it must be cpu or cuda", engine)
			}
			options := setup.Options{Completion: true}
			if unverified {
				options.Download = downloadUnverified
			}
			e, _, err := prepare(c, options)
			if err != nil {
				return err
			}
			dir, err := setup.CacheDir()
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), map[string]any{
					"cache": dir, "python": e.Python, "bin": e.Bin, "plugin": e.Plugin.Path,
					"problems": append([]string{}, e.Problems...),
				})
			}
			done := "Everything is in place"
			if len(e.Problems) > 0 {
				done = "Everything else is in place"
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "%s in %s\n", done, dir)
			return err
		},
	}
	c.Flags().StringVar(&engine, "backend", "cpu", "`device` to install XLA for: cpu")
	c.Flags().BoolVar(&unverified, "unverified", false,
		"if there is no verified XLA plugin, download one with go-xla's installer, which verifies nothing")
	c.Flags().BoolVar(&asJSON, "json", false, jsonUsage)
	return c
}
