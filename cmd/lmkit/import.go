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
		Short:   "Make a model directory of a PyTorch state dict",
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
				return writeJSON(c.OutOrStdout(), map[string]any{"directory": out, "parameters": imported.Parameters(), "config": imported})
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "Model in %s: %v\n", out, imported)
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&weights, "weights", "", "state dict as safetensors, with members embedding, rnn (lstm, gru) and fc, or encoder, rnn and decoder")
	f.StringVar(&vocabulary, "vocabulary", "", "a vocabulary.json, or a list of tokens, one a line")
	f.StringVar(&out, "out", "", "model directory to make")
	f.Var(cell, "cell", "recurrence (default: found by the number of gates)")
	f.Var(tokens, "tokens", "what a token is")
	f.BoolVar(&lowercase, "lowercase", false, "put texts into lower case (default: words, if no token has a capital letter)")
	f.IntVar(&config.Context, "context", 0, "the model was trained on windows of this many tokens; 0: the state is carried")
	f.Float64Var(&config.Dropout, "dropout", 0, "dropout between layers in further training")
	f.BoolVar(&asJSON, "json", false, "write one JSON object")
	return c
}
