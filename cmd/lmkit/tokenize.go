package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"owlm/lmkit/text"
)

func tokenizeCommand() *cobra.Command {
	tokens := &choice{"word", []string{"word", "character", "bpe"}}
	var lowercase, lossy bool
	c := &cobra.Command{
		Use:     "tokenize",
		Short:   "Split standard input into tokens, written as one JSON array",
		Example: "  echo \"Don't go, owl.\" | lmkit tokenize --lowercase",
		RunE: func(c *cobra.Command, _ []string) error {
			tokenizer, err := tokenizerOf(tokens.value, lowercase)
			if err != nil {
				return err
			}
			data, err := io.ReadAll(c.InOrStdin())
			if err != nil {
				return fmt.Errorf("standard input: %w", err)
			}
			clean, _, at := text.Clean(string(data))
			if at >= 0 && !lossy {
				return fmt.Errorf("standard input: byte %d is not UTF-8; pass --lossy to replace it", at)
			}
			list := tokenizer.Tokenize(clean)
			if list == nil {
				list = []string{}
			}
			return writeJSON(c.OutOrStdout(), list)
		},
	}
	f := c.Flags()
	f.Var(tokens, "tokens", "what a token is")
	f.BoolVar(&lowercase, "lowercase", false, "put the text into lower case first")
	f.BoolVar(&lossy, "lossy", false, "replace bytes that are not UTF-8")
	f.Bool("json", true, "the output is JSON in any case")
	return c
}

func tokenizerOf(kind string, lowercase bool) (text.Tokenizer, error) {
	switch kind {
	case "word":
		return text.Words{Lowercase: lowercase}, nil
	case "character":
		return text.Characters{Lowercase: lowercase}, nil
	}
	return nil, errors.New("byte-pair encoding (--tokens bpe) is not part of this version; use word or character")
}
