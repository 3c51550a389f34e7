package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"owlm/lmkit"
)

func evalCommand() *cobra.Command {
	var dir, corpus, engine string
	var contextLength int
	var lossy, asJSON bool
	c := &cobra.Command{
		Use:     "eval",
		Short:   "Measure how well a model predicts a text",
		Example: "  lmkit eval --model runs/owl --text owl",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := require(c, "model", "text"); err != nil {
				return err
			}
			content, err := readCorpus(corpus, lossy, c.ErrOrStderr())
			if err != nil {
				return err
			}
			model, err := lmkit.Open(dir, engine)
			if err != nil {
				return err
			}
			result, err := model.EvaluateContext(c.Context(), content, contextFlag(c, contextLength))
			switch {
			case errors.Is(err, context.Canceled):
				return err
			case err != nil:
				return fmt.Errorf("%s: %w", corpus, err)
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), result)
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "tokens %d\nloss %.4f nats\nperplexity %.3f\nbits per character %.4f\n",
				result.Tokens, result.Loss, result.Perplexity, result.BitsPerCharacter)
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&dir, "model", "", "model directory")
	f.StringVar(&corpus, "text", "", "text file, or owl")
	f.IntVar(&contextLength, "context", 0, "re-read this many tokens for each prediction; 0 carries the state (default: the model's own rule)")
	f.StringVar(&engine, "backend", "auto", "engine: auto, go, xla:cpu or xla:cuda")
	f.BoolVar(&lossy, "lossy", false, "replace bytes that are not UTF-8")
	f.BoolVar(&asJSON, "json", false, "write one JSON object")
	return c
}

// contextFlag is the library's context for the value of --context: 0, when typed, carries the state.
func contextFlag(c *cobra.Command, value int) int {
	if c.Flags().Changed("context") && value == 0 {
		return lmkit.Carry
	}
	if value < 0 {
		return lmkit.Carry - 1 // out of range: the library's check says so
	}
	return value
}
