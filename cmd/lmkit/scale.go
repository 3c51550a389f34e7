package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"owlm/bench"
	"owlm/lmkit/backend"
)

// scale runs bench --scaling. It leaves out the go engine, which unrolls the time steps, so that its graph grows with
// the sequence.
func scale(c *cobra.Command, rounds int, out string, asJSON bool) error {
	systems, err := engineSystems([]string{backend.XLACPU})
	if err != nil {
		return err
	}
	report, err := bench.Run(c.Context(), bench.Scaling(), systems, rounds, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if out != "" {
		if err := report.SaveScaling(out); err != nil {
			return err
		}
		fmt.Fprintf(c.ErrOrStderr(), "saved as %s, with a chart for each size next to it\n",
			filepath.Join(out, bench.ScalingFile))
	}
	if asJSON {
		return writeJSON(c.OutOrStdout(), report)
	}
	return report.WriteScaling(c.OutOrStdout())
}
