package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
)

// evalFlags holds the values of the flags of eval.
type evalFlags struct {
	dir, text, engine string
	part              *choice
	context           int
	lossy, json       bool
}

func evalCommand() *cobra.Command {
	g := evalFlags{part: &choice{"all", []string{"all", "train", "valid", "test"}}}
	c := &cobra.Command{
		Use:     "eval",
		Short:   "Measure how well a model predicts a text",
		Example: "  lmkit eval --model runs/owl --text owl\n  lmkit eval --model runs/book --part valid",
		RunE:    func(c *cobra.Command, _ []string) error { return g.run(c) },
	}
	f := c.Flags()
	f.StringVar(&g.dir, "model", "", modelUsage)
	f.StringVar(&g.text, "text", "", textUsage+" (default with --part: the run's)")
	f.Var(g.part, "part", "what to predict: all of the text, or a part as the model's run cut it")
	f.IntVar(&g.context, "context", 0, contextUsage)
	f.StringVar(&g.engine, "backend", "auto", backendUsage())
	f.BoolVar(&g.lossy, "lossy", false, lossyUsage)
	f.BoolVar(&g.json, "json", false, jsonUsage)
	return c
}

func (g *evalFlags) run(c *cobra.Command) error {
	needed := []string{"model", "text"}
	if g.part.value != "all" {
		needed = needed[:1]
	}
	if err := require(c, needed...); err != nil {
		return err
	}
	result, err := g.evaluate(c)
	if err != nil {
		return err
	}
	if finite(result.Loss) == nil {
		return fmt.Errorf("the loss is %v; the weights of %s are damaged, or its training diverged", result.Loss, g.dir)
	}
	if g.json {
		return writeJSON(c.OutOrStdout(), struct {
			lmkit.Evaluation
			Perplexity *float64 `json:"perplexity"` // null if it is infinite
		}{result, finite(result.Perplexity)})
	}
	_, err = fmt.Fprintf(c.OutOrStdout(),
		"tokens %d, unknown %d\nloss %.4f nats\nperplexity %.3f\nbits per character %.4f\n",
		result.Tokens, result.Unknown, result.Loss, result.Perplexity, result.BitsPerCharacter)
	return err
}

// evaluate measures the model on a text or on a part of the text of its run.
func (g *evalFlags) evaluate(c *cobra.Command) (lmkit.Evaluation, error) {
	var none lmkit.Evaluation
	contextLength, err := contextFlag(c, g.context)
	if err != nil {
		return none, err
	}
	config := lmkit.EvaluateConfig{Context: contextLength, Warn: warnings(c)}
	if g.part.value == "all" {
		source, err := corpora.Open(c.Context(), g.text, g.lossy, c.ErrOrStderr())
		if err != nil {
			return none, err
		}
		model, err := open(c, g.dir, g.engine)
		if err != nil {
			return none, err
		}
		return model.Evaluate(c.Context(), source, config)
	}
	parts, err := partsOfRun(c, g.dir, g.text, g.lossy)
	if err != nil {
		return none, err
	}
	defer parts.Close()
	part := map[string]dataset.Part{"train": parts.Train, "valid": parts.Valid, "test": parts.Test}[g.part.value]
	if part.Tokens == 0 {
		return none, fmt.Errorf("the run in %s has no %s part; train with --%s", g.dir, g.part.value, g.part.value)
	}
	model, err := open(c, g.dir, g.engine)
	if err != nil {
		return none, err
	}
	return model.Evaluate(c.Context(), part.Source(""), config)
}

// open opens a model directory. If its training has not ended, it warns which weights the model has.
func open(c *cobra.Command, dir, engine string) (*lmkit.Model, error) {
	model, err := lmkit.Open(dir, engine)
	if err == nil && model.Note != "" {
		warnings(c)(model.Note)
	}
	return model, err
}

// contextFlag returns the library's value for --context: a typed 0 carries the hidden state.
func contextFlag(c *cobra.Command, value int) (int, error) {
	if value < 0 {
		return 0, fmt.Errorf("context is %d; it must be 0 or more", value)
	}
	if c.Flags().Changed("context") && value == 0 {
		return lmkit.Carry, nil
	}
	return value, nil
}
