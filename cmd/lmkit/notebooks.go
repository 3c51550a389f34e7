package main

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"sync"
	"time"

	"github.com/spf13/cobra"

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
			show, end := notebookProgress(c.ErrOrStderr(), out, sources)
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
			end()
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

// notebookProgress returns a function that shows events, and one for the end: on a terminal in a line that moves,
// elsewhere in a line for each notebook that has ended.
func notebookProgress(w io.Writer, out string, sources []string) (show func(notebooks.Event), end func()) {
	line, ok := newMovingLine(w)
	if !ok {
		return func(e notebooks.Event) { fmt.Fprint(w, endOf(e)) }, func() {}
	}
	var mutex sync.Mutex // the line moves by itself, too
	estimate := notebooks.NewEstimate(out, sources, time.Now())
	return func(e notebooks.Event) {
		mutex.Lock()
		estimate.Add(e, time.Now())
		mutex.Unlock()
		if e.Error != "" {
			line.print(endOf(e))
		}
		line.show(func() string {
			mutex.Lock()
			defer mutex.Unlock()
			return notebookLine(e, estimate, time.Now())
		})
	}, line.end
}

// endOf returns the lines for the end of a notebook, "" for another event.
func endOf(e notebooks.Event) string {
	switch {
	case e.Error != "":
		return fmt.Sprintf("%s  cell %d/%d failed:\n%s\n", e.Notebook, e.Cell, e.Cells, e.Error)
	case e.Done:
		return fmt.Sprintf("%s  %d cells, %.1f s\n", e.Notebook, e.Cells, e.Seconds)
	}
	return ""
}

// notebookLine returns what the moving line says after an event.
func notebookLine(e notebooks.Event, estimate *notebooks.Estimate, now time.Time) string {
	done, all, share := estimate.Done()
	text := fmt.Sprintf("notebooks %s %d/%d", bar(share), done, all)
	if left, ok := estimate.Left(now); ok {
		text += fmt.Sprintf(", %s left", left.Round(time.Second))
	}
	if e.Done || e.Error != "" {
		return text
	}
	return fmt.Sprintf("%s: %s, cell %d/%d", text, e.Notebook, e.Cell, e.Cells)
}
