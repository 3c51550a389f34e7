package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"owlm/bench/cells"
	"owlm/internal/files"
	"owlm/internal/setup"
	"owlm/lmkit/backend"
)

// timeCells runs bench --cells.
func timeCells(c *cobra.Command, rounds int, out string, asJSON bool) error {
	environment, _, err := prepare(c, setup.Options{Completion: true})
	if err != nil {
		return err
	}
	kernel, err := environment.Kernel(true)
	if err != nil {
		return err
	}
	engine, err := backend.Open(backend.Go)
	if err != nil {
		return err
	}
	const edits = 20 // in all rounds together, at least
	report, err := cells.Run(c.Context(), cells.Options{
		Python: environment.Python, Kernel: kernel, Rounds: rounds, Edits: (edits + rounds - 1) / rounds,
		Log: c.ErrOrStderr(),
	}, engine.Device())
	if err != nil {
		return err
	}
	if out != "" {
		if err := saveCells(report, out); err != nil {
			return err
		}
		fmt.Fprintln(c.ErrOrStderr(), "saved as", filepath.Join(out, "cells.md"), "and cells.json")
	}
	if asJSON {
		return writeJSON(c.OutOrStdout(), report)
	}
	return report.WriteTable(c.OutOrStdout())
}

// saveCells writes a report as a table and as JSON.
func saveCells(report *cells.Report, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	var table bytes.Buffer
	fmt.Fprintf(&table, "Measured by `lmkit bench --cells --rounds %d` on %s.\n\n", report.Rounds, report.Device)
	if err := report.WriteTable(&table); err != nil {
		return err
	}
	data, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	if err := files.Write(filepath.Join(dir, "cells.json"), append(data, '\n')); err != nil {
		return err
	}
	return files.Write(filepath.Join(dir, "cells.md"), table.Bytes())
}
