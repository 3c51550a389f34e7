package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"owlm/lmkit"
	"owlm/lmkit/text"
)

func importCommand() *cobra.Command {
	var weights, vocabulary, out string
	var lowercase, asJSON bool
	var config lmkit.ImportConfig
	tokens := &choice{"word", []string{"word", "character"}}
	cell := &choice{"", []string{"rnn", "lstm", "gru"}}
	c := &cobra.Command{
		Use:     "import",
		Short:   "Make a model directory from the state dict of a PyTorch model",
		Example: "  lmkit import --weights model.safetensors --vocabulary vocabulary.txt --out runs/imported",
		RunE: func(c *cobra.Command, _ []string) error {
			if err := require(c, "weights", "vocabulary", "out"); err != nil {
				return err
			}
			config.Cell = cell.value
			switch {
			case tokens.value == "character":
				config.Tokenizer = text.Characters{Lowercase: lowercase}
			case c.Flags().Changed("lowercase"):
				config.Tokenizer = text.Words{Lowercase: lowercase}
			}
			imported, err := lmkit.Import(weights, vocabulary, out, config)
			var shapes *lmkit.ShapeError
			if errors.As(err, &shapes) {
				fmt.Fprint(c.ErrOrStderr(), shapes.Table())
			}
			if err != nil {
				return err
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), map[string]any{
					"directory": out, "parameters": imported.Parameters(), "config": imported,
				})
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "Model in %s: %v\n", out, imported)
			return err
		},
	}
	f := c.Flags()
	f.SortFlags = false // related flags are together
	f.StringVar(&weights, "weights", "", "safetensors `file` of the state dict, with the members embedding, rnn (or "+
		"lstm, gru) and fc, or encoder, rnn and decoder")
	f.StringVar(&vocabulary, "vocabulary", "", "`file` of the tokens: a vocabulary.json, or one token per line")
	f.StringVar(&out, "out", "", "model `directory` to make")
	f.Var(cell, "cell", "kind of recurrence (default: found by the number of gates)")
	f.Var(tokens, "tokens", "kind of tokens")
	f.BoolVar(&lowercase, "lowercase", false, "put texts into lower case (default for words: if none has a capital)")
	f.IntVar(&config.Context, "context", 0, "length of the windows in training; 0: the hidden state was carried")
	f.Float64Var(&config.Dropout, "dropout", 0, "dropout between layers in further training")
	f.BoolVar(&asJSON, "json", false, jsonUsage)
	return c
}
