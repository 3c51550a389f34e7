package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"owlm/lmkit"
	"owlm/lmkit/text"
)

// generateFlags holds the values of the flags of generate.
type generateFlags struct {
	dir, prompt, engine string
	config              lmkit.GenerateConfig
	samples             int
	greedy, detokenize  bool
	json                bool
}

func generateCommand() *cobra.Command {
	var g generateFlags
	c := &cobra.Command{
		Use:     "generate",
		Short:   "Continue a prompt",
		Example: "  lmkit generate --model runs/owl --prompt \"Once upon a time\" --length 20 --temperature 0.8",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := require(c, "model", "prompt"); err != nil {
				return err
			}
			if err := g.check(c); err != nil {
				return err
			}
			model, err := open(c, g.dir, g.engine)
			if err != nil {
				return err
			}
			if g.samples == 1 && !g.json && !g.detokenize {
				return g.stream(c, model)
			}
			samples, err := model.Samples(c.Context(), g.prompt, g.config, g.samples)
			if err != nil {
				return err
			}
			return g.write(c, model, samples)
		},
	}
	f, config := c.Flags(), &g.config
	f.SortFlags = false // related flags are together
	f.StringVar(&g.dir, "model", "", modelUsage)
	f.StringVar(&g.prompt, "prompt", "", "`text` to continue")
	f.IntVar(&config.Length, "length", 20, "number of new tokens")
	f.IntVar(&g.samples, "samples", 1, "number of texts")
	f.StringVar(&config.Stop, "stop", "", "end a text after this `token`, written as in vocabulary.json")
	f.BoolVar(&g.detokenize, "detokenize", false, "space words and punctuation as in ordinary text")
	f.Float64Var(&config.Temperature, "temperature", 1, "above 1: flatter distribution; below 1: sharper; 0: greedy")
	f.BoolVar(&g.greedy, "greedy", false, "always take the likeliest token")
	f.IntVar(&config.TopK, "top-k", 0, "choose among the k likeliest tokens; 0: among all")
	f.Float64Var(&config.TopP, "top-p", 1, "choose among the likeliest tokens that add up to this; 1: among all")
	f.Float64Var(&config.MinP, "min-p", 0, "drop tokens less likely than this times the likeliest; 0: none")
	f.Float64Var(&config.RepetitionPenalty, "repetition-penalty", 1, "above 1 makes earlier tokens less likely; 1: off")
	f.Uint64Var(&config.Seed, "seed", 0, "seed of the random numbers")
	f.IntVar(&config.Context, "context", 0, contextUsage)
	f.StringVar(&g.engine, "backend", "auto", backendUsage())
	f.BoolVar(&g.json, "json", false, jsonUsage)
	return c
}

// check refuses zeros that stand for "off" in the library.
func (g *generateFlags) check(c *cobra.Command) error {
	if g.greedy {
		if c.Flags().Changed("temperature") {
			return usagef(c, "--greedy and --temperature exclude each other")
		}
		g.config.Temperature = 0
	}
	if g.config.TopP == 0 {
		return errors.New("top-p is 0; it must be above 0 and at most 1 (all)")
	}
	if g.config.RepetitionPenalty == 0 {
		return errors.New("repetition penalty is 0; it must be above 0 (1: off)")
	}
	var err error
	g.config.Context, err = contextFlag(c, g.config.Context)
	return err
}

// stream writes each token as soon as it is drawn.
func (g *generateFlags) stream(c *cobra.Command, model *lmkit.Model) error {
	w, begun := c.OutOrStdout(), false
	for token, err := range model.Generate(c.Context(), g.prompt, g.config) {
		if err != nil {
			if begun {
				fmt.Fprintln(w)
			}
			return err
		}
		if !begun {
			fmt.Fprint(w, text.Valid(g.prompt))
			begun = true
		}
		fmt.Fprint(w, token.Text)
	}
	if !begun {
		fmt.Fprint(w, text.Valid(g.prompt))
	}
	_, err := fmt.Fprintln(w)
	return err
}

func (g *generateFlags) write(c *cobra.Command, model *lmkit.Model, samples []lmkit.Sample) error {
	if _, words := model.Tokenizer.(text.Words); g.detokenize && words {
		for i, s := range samples {
			samples[i].Text = text.Detokenize(append((text.Words{}).Tokenize(s.Prompt), s.Tokens...))
		}
	}
	if g.json {
		return writeJSON(c.OutOrStdout(), map[string]any{"samples": samples})
	}
	for _, s := range samples {
		if _, err := fmt.Fprintln(c.OutOrStdout(), s.Text); err != nil {
			return err
		}
	}
	return nil
}
