package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
)

func evalCommand() *cobra.Command {
	var dir, corpus, engine string
	var contextLength int
	var lossy, asJSON bool
	part := &choice{"all", []string{"all", "train", "valid", "test"}}
	c := &cobra.Command{
		Use:     "eval",
		Short:   "Measure how well a model predicts a text",
		Example: "  lmkit eval --model runs/owl --text owl\n  lmkit eval --model runs/book --part valid",
		RunE: func(c *cobra.Command, _ []string) error {
			needed := []string{"model", "text"}
			if part.value != "all" {
				needed = needed[:1]
			}
			if err := require(c, needed...); err != nil {
				return err
			}
			contextLength, err := contextFlag(c, contextLength)
			if err != nil {
				return err
			}
			result, err := evaluate(c, dir, engine, corpus, part.value, contextLength, lossy)
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), result)
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "tokens %d, unknown %d\nloss %.4f nats\nperplexity %.3f\nbits per character %.4f\n",
				result.Tokens, result.Unknown, result.Loss, result.Perplexity, result.BitsPerCharacter)
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&dir, "model", "", "model directory")
	f.StringVar(&corpus, "text", "", "text: owl, opticks, kjv or a file; see lmkit corpus list (default with --part: the run's)")
	f.Var(part, "part", "what of the text is predicted: all of it, or a part as the model's run cut it")
	f.IntVar(&contextLength, "context", 0, "re-read this many tokens for each prediction; 0 carries the state (default: the model's own rule)")
	f.StringVar(&engine, "backend", "auto", "engine: "+backend.Help())
	f.BoolVar(&lossy, "lossy", false, "replace bytes that are not UTF-8")
	f.BoolVar(&asJSON, "json", false, "write one JSON object")
	return c
}

// evaluate measures a model on a text or on a part of its run's.
func evaluate(c *cobra.Command, dir, engine, name, part string, contextLength int, lossy bool) (lmkit.Evaluation, error) {
	config := lmkit.EvaluateConfig{Context: contextLength, Warn: warnings(c)}
	if part == "all" {
		source, err := corpora.Open(c.Context(), name, lossy, c.ErrOrStderr())
		if err != nil {
			return lmkit.Evaluation{}, err
		}
		model, err := open(c, dir, engine)
		if err != nil {
			return lmkit.Evaluation{}, err
		}
		return model.Evaluate(c.Context(), source, config)
	}
	parts, err := partsOfRun(c, dir, name, lossy)
	if err != nil {
		return lmkit.Evaluation{}, err
	}
	defer parts.Close()
	chosen := map[string]dataset.Part{"train": parts.Train, "valid": parts.Valid, "test": parts.Test}[part]
	if chosen.Tokens == 0 {
		return lmkit.Evaluation{}, fmt.Errorf("the run in %s has no %s part; train with --%s", dir, part, part)
	}
	model, err := open(c, dir, engine)
	if err != nil {
		return lmkit.Evaluation{}, err
	}
	return model.Evaluate(c.Context(), chosen.Source(""), config)
}

// open opens a model directory. Where its training has not ended, a warning says which weights it has.
func open(c *cobra.Command, dir, engine string) (*lmkit.Model, error) {
	model, err := lmkit.Open(dir, engine)
	if err == nil && model.Note != "" {
		warnings(c)(model.Note)
	}
	return model, err
}

// contextFlag returns the library's context for the value of --context: 0, when typed, carries the state.
func contextFlag(c *cobra.Command, value int) (int, error) {
	if value < 0 {
		return 0, fmt.Errorf("context is %d; it must be 0 or more", value)
	}
	if c.Flags().Changed("context") && value == 0 {
		return lmkit.Carry, nil
	}
	return value, nil
}
