package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"owlm/bench/gpu"
	"owlm/internal/files"
	"owlm/lmkit/backend"
)

// timeGPU measures training on a GPU and writes gpu.md and gpu.json, the latter after each measurement.
func (g *benchFlags) timeGPU(c *cobra.Command) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	o := gpu.Options{Program: self, Python: cmp.Or(g.python, "python3"), Engine: backend.XLACUDA, Log: c.ErrOrStderr()}
	if g.engines != nil {
		o.Engine = g.engines[0]
	}
	if g.out != "" {
		if err := os.MkdirAll(g.out, 0o777); err != nil {
			return err
		}
		o.Save = func(r *gpu.Report) error { return files.WriteJSON(filepath.Join(g.out, "gpu.json"), r) }
	}
	report, err := gpu.Run(c.Context(), o)
	if err != nil {
		return err
	}
	if g.out != "" {
		if err := os.WriteFile(filepath.Join(g.out, "gpu.md"), []byte(report.Table()), 0o666); err != nil {
			return err
		}
	}
	if g.asJSON {
		return writeJSON(c.OutOrStdout(), report)
	}
	fmt.Fprint(c.OutOrStdout(), report.Table())
	return nil
}
