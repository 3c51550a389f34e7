package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"owlm/lmkit/train"
	"owlm/plots"
)

func compareCommand() *cobra.Command {
	var chart string
	var asJSON bool
	c := &cobra.Command{
		Use:   "compare DIR...",
		Short: "Compare training runs: a row for each, and their losses in one chart",
		Long: "Compare training runs: a row for each, and their losses in one chart.\n\n" +
			"Losses are in nats: “train” and “valid” are the losses of the last epoch, “best” is the lowest.\n" +
			"Perplexity is computed from the best validation loss, or else from the best training loss.\n" +
			"Tokens per second are the median of the epochs.",
		Example: "  lmkit compare runs/rnn runs/lstm runs/gru --chart loss.png",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef(c, "missing the directories of one or more runs")
			}
			return nil
		},
		RunE: func(c *cobra.Command, dirs []string) error {
			runs, err := summarize(dirs)
			if err != nil {
				return err
			}
			if chart != "" {
				losses := lossChart(runs)
				if len(losses.Runs) == 0 {
					return errors.New("nothing to draw: no run has both ended an epoch and kept its history.jsonl")
				}
				if err := plots.Save(chart, losses); err != nil {
					return err
				}
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), map[string]any{"runs": runs})
			}
			return compareTable(c.OutOrStdout(), runs)
		},
	}
	f := c.Flags()
	f.StringVar(&chart, "chart", "", "draw the losses into this `file`: .png, .svg, .pdf or .json")
	f.BoolVar(&asJSON, "json", false, jsonUsage)
	return c
}

// summarize reads all runs. Its error names every directory that cannot be read.
func summarize(dirs []string) ([]train.Summary, error) {
	var runs []train.Summary
	var problems []string
	for _, dir := range dirs {
		run, err := train.Summarize(dir)
		if err != nil {
			problems = append(problems, err.Error())
		}
		runs = append(runs, run)
	}
	if problems != nil {
		return nil, errors.New(strings.Join(problems, "; "))
	}
	return runs, nil
}

// lossChart draws the losses of all runs that have any.
func lossChart(runs []train.Summary) plots.Loss {
	chart := plots.Loss{Title: "Training runs"}
	for i, name := range runNames(runs) {
		run := runs[i]
		if len(run.Losses) == 0 {
			continue
		}
		curve := plots.Run{Name: name, Losses: run.Losses}
		if slices.ContainsFunc(run.ValidLosses, func(loss float64) bool { return !math.IsNaN(loss) }) {
			curve.Validation = run.ValidLosses
		}
		chart.Runs = append(chart.Runs, curve)
	}
	return chart
}

// runNames returns the last elements of the paths, or the whole paths if the last elements are not distinct.
func runNames(runs []train.Summary) []string {
	short, long, seen := []string{}, []string{}, map[string]bool{}
	for _, run := range runs {
		path := filepath.Clean(run.Directory)
		short, long = append(short, filepath.Base(path)), append(long, path)
		seen[filepath.Base(path)] = true
	}
	if len(seen) < len(runs) {
		return long
	}
	return short
}

func compareTable(w io.Writer, runs []train.Summary) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "run\tcell\tparameters\tepochs\ttrain\tbest train\tvalid\tbest valid\ttest\tperplexity\ttokens/s")
	texts := map[string]bool{}
	for i, name := range runNames(runs) {
		r := runs[i]
		texts[r.Tokens] = true
		epochs := ""
		if r.Epochs > 0 {
			epochs = strconv.Itoa(r.Epochs)
		}
		columns := []string{
			name, r.Cell, strconv.Itoa(r.Parameters), epochs, decimal(r.Loss, 4), decimal(r.BestLoss, 4),
			decimal(r.ValidLoss, 4), decimal(r.BestValidLoss, 4), decimal(r.TestLoss, 4), decimal(r.Perplexity, 3),
			decimal(r.TokensPerSecond, 0),
		}
		fmt.Fprintln(t, strings.Join(columns, "\t"))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	delete(texts, "") // not known
	if len(texts) > 1 {
		_, err := fmt.Fprint(w, "These runs predict different tokens: another text, split, tokenizer or vocabulary.\n"+
			"Their losses and perplexities cannot be compared. On the same text, bits per character can;\n"+
			"lmkit eval --part valid measures them.\n")
		return err
	}
	return nil
}

// decimal formats a number, or returns "" if it is not known.
func decimal(value *float64, digits int) string {
	if value == nil {
		return ""
	}
	return strconv.FormatFloat(*value, 'f', digits, 64)
}
