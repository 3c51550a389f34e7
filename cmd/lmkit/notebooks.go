package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"owlm/internal/setup"
	"owlm/lmkit/backend"
	"owlm/notebooks"
)

func notebooksCommand() *cobra.Command {
	var out, engine string
	var update, asJSON bool
	var only []string
	c := &cobra.Command{
		Use:   "notebooks [NAME...]",
		Short: "Set up what is missing and execute the notebooks",
		Example: "  lmkit notebooks\n" +
			"  lmkit notebooks 03 07_training --out executed",
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, names []string) error {
			environment, checkout, err := prepare(c, setup.Options{})
			if err != nil {
				return err
			}
			sources, err := notebooks.List(filepath.Join(checkout, "notebooks"), append(names, only...)...)
			if err != nil {
				return err
			}
			kernel, err := environment.Kernel(false)
			if err != nil {
				return err
			}
			results := []notebooks.Event{}
			show := display(c.ErrOrStderr())
			err = notebooks.Run(c.Context(), notebooks.Options{
				Python: environment.Python, Kernel: kernel, Checkout: checkout, Sources: sources, Out: out,
				Backend: engine, Update: update,
				Progress: func(e notebooks.Event) {
					show(e)
					if e.Done || e.Error != "" {
						results = append(results, e)
					}
				},
			})
			return reportNotebooks(c, out, results, asJSON, err)
		},
	}
	f := c.Flags()
	f.StringVar(&out, "out", "executed", "`directory` for the executed notebooks, as .ipynb and .html")
	f.StringSliceVar(&only, "only", nil, "`names` of notebooks, or their beginnings, separated by commas")
	f.StringVar(&engine, "backend", "auto", "`engine` of the cells: "+backend.Help())
	f.BoolVar(&update, "update", false, "also write the outputs into the notebooks of the checkout")
	f.BoolVar(&asJSON, "json", false, "print one JSON object at the end")
	return c
}

// reportNotebooks prints where the executed notebooks are and how many failed.
func reportNotebooks(c *cobra.Command, out string, results []notebooks.Event, asJSON bool, err error) error {
	var failure *notebooks.Failure
	if err != nil && !errors.As(err, &failure) {
		return err
	}
	absolute, absErr := filepath.Abs(out)
	if absErr != nil {
		return absErr
	}
	if asJSON {
		value := map[string]any{"directory": absolute, "notebooks": results}
		if jsonErr := writeJSON(c.OutOrStdout(), value); jsonErr != nil {
			return jsonErr
		}
		return err
	}
	if failure != nil {
		fmt.Fprintf(c.OutOrStdout(), "%d of %d notebooks failed; all are in %s\n",
			len(failure.Events), len(results), absolute)
		return err
	}
	_, printErr := fmt.Fprintf(c.OutOrStdout(), "%d notebooks executed: %s\n", len(results), absolute)
	return printErr
}

// display returns a function that shows progress: on a terminal a line for each notebook, elsewhere a line for each
// cell.
func display(w io.Writer) func(notebooks.Event) {
	file, ok := w.(*os.File)
	terminal := ok && term.IsTerminal(int(file.Fd()))
	return func(e notebooks.Event) {
		line := fmt.Sprintf("%s  cell %d/%d", e.Notebook, e.Cell, e.Cells)
		end := "\n"
		switch {
		case e.Error != "":
			line = fmt.Sprintf("%s failed:\n%s", line, e.Error)
		case e.Done:
			line = fmt.Sprintf("%s  %d cells, %.1f s", e.Notebook, e.Cells, e.Seconds)
		case terminal:
			end = ""
		}
		if terminal {
			line = "\r\033[K" + line
		}
		fmt.Fprint(w, line+end)
	}
}
