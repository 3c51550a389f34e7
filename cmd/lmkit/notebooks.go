package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"owlm/notebooks"
)

func notebooksCommand() *cobra.Command {
	var out, engine string
	var update, asJSON bool
	c := &cobra.Command{
		Use:     "notebooks [NAME...]",
		Short:   "Execute the notebooks; set up what that needs",
		Example: "  lmkit notebooks\n  lmkit notebooks 03 07_training --out executed",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, names []string) error {
			environment, checkout, err := prepare(c, false)
			if err != nil {
				return err
			}
			sources, err := notebooks.List(filepath.Join(checkout, "notebooks"), names...)
			if err != nil {
				return err
			}
			var events []notebooks.Event
			show := display(c.ErrOrStderr())
			err = notebooks.Run(c.Context(), notebooks.Options{
				Python: environment.Python, Sources: sources, Out: out, Backend: engine, Update: update,
				Progress: func(e notebooks.Event) {
					show(e)
					if e.Done || e.Error != "" {
						events = append(events, e)
					}
				},
			})
			return reportNotebooks(c, out, events, asJSON, err)
		},
	}
	f := c.Flags()
	f.StringVar(&out, "out", "executed", "directory for the executed notebooks, as .ipynb and .html")
	f.StringVar(&engine, "backend", "auto", "engine of the cells: auto, go, xla:cpu or xla:cuda")
	f.BoolVar(&update, "update", false, "write the outputs into the notebooks themselves as well")
	f.BoolVar(&asJSON, "json", false, "write one JSON object at the end")
	return c
}

// reportNotebooks says where the executed notebooks are, and what failed.
func reportNotebooks(c *cobra.Command, out string, events []notebooks.Event, asJSON bool, err error) error {
	var failure *notebooks.Failure
	if err != nil && !errors.As(err, &failure) {
		return err
	}
	absolute, absErr := filepath.Abs(out)
	if absErr != nil {
		return absErr
	}
	if asJSON {
		if jsonErr := writeJSON(c.OutOrStdout(), map[string]any{"directory": absolute, "notebooks": events}); jsonErr != nil {
			return jsonErr
		}
	} else {
		fmt.Fprintf(c.OutOrStdout(), "%d notebooks executed: %s\n", len(events), absolute)
	}
	return err
}

// display shows the progress on a terminal in one line, elsewhere with a line for each notebook.
func display(w io.Writer) func(notebooks.Event) {
	file, ok := w.(*os.File)
	terminal := ok && term.IsTerminal(int(file.Fd()))
	return func(e notebooks.Event) {
		clear := ""
		if terminal {
			clear = "\r\033[K"
		}
		switch {
		case e.Error != "":
			fmt.Fprintf(w, "%s%s  cell %d of %d failed:\n%s\n", clear, e.Notebook, e.Cell, e.Cells, e.Error)
		case e.Done:
			fmt.Fprintf(w, "%s%s  %d cells\n", clear, e.Notebook, e.Cells)
		case terminal:
			fmt.Fprintf(w, "%s%s  cell %d of %d", clear, e.Notebook, e.Cell, e.Cells)
		}
	}
}
