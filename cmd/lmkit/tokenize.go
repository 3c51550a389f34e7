package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"owlm/lmkit/text"
)

// tokenizeFlags are what tokenize is asked for.
type tokenizeFlags struct {
	tokenFlags
	model string
	lossy bool
}

func tokenizeCommand() *cobra.Command {
	g := tokenizeFlags{tokenFlags: newTokenFlags()}
	c := &cobra.Command{
		Use:     "tokenize",
		Short:   "Split standard input into tokens, written as one JSON array",
		Example: "  echo \"Don't go, owl.\" | lmkit tokenize --lowercase\n  lmkit tokenize --model runs/bible < psalm.txt",
		RunE: func(c *cobra.Command, _ []string) error {
			tokenizer, err := g.tokenizer(c)
			if err != nil {
				return err
			}
			return tokenize(c.OutOrStdout(), text.NewReader("standard input", c.InOrStdin(), g.lossy), tokenizer)
		},
	}
	f := c.Flags()
	f.Var(g.kind, "tokens", "what a token is; bpe needs --model or --tokenizer")
	f.StringVar(&g.model, "model", "", "model directory whose tokenizer is taken")
	f.StringVar(&g.file, "tokenizer", "", "tokenizer.json to take, of lmkit or, for bpe, of Hugging Face's tokenizers")
	f.BoolVar(&g.lowercase, "lowercase", false, "put the text into lower case first")
	f.BoolVar(&g.lossy, "lossy", false, "replace bytes that are not UTF-8")
	f.Bool("json", true, "the output is JSON in any case")
	return c
}

// tokenizer is the one that is asked for, by kind or as a file.
func (g *tokenizeFlags) tokenizer(c *cobra.Command) (text.Tokenizer, error) {
	switch {
	case g.model != "" && g.file != "":
		return nil, usagef(c, "--model and --tokenizer exclude each other")
	case g.model != "":
		g.file = filepath.Join(g.model, text.TokenizerFile)
	case g.file == "" && g.kind.value == "bpe":
		return nil, usagef(c, "--tokens bpe needs what was learned: --model or --tokenizer")
	case g.file == "":
		return tokenizerOf(g.kind.value, g.lowercase)
	}
	if c.Flags().Changed("lowercase") {
		return nil, usagef(c, "--lowercase is the tokenizer's own choice, which its file holds")
	}
	return g.fromFile(c.Flags())
}

// tokenize writes the tokens of a text, as it reads it, as one JSON array. What is refused in its first megabyte or so
// leaves no output.
func tokenize(w io.Writer, r io.Reader, tokenizer text.Tokenizer) error {
	out := bufio.NewWriterSize(w, 1<<20)
	var quoted bytes.Buffer
	encoder := json.NewEncoder(&quoted)
	encoder.SetEscapeHTML(false)
	separator := "["
	err := text.TokenizeReader(tokenizer, r, func(tokens []string, _ string) error {
		for _, token := range tokens {
			quoted.Reset()
			if err := encoder.Encode(token); err != nil {
				return err
			}
			out.WriteString(separator)
			out.Write(bytes.TrimSuffix(quoted.Bytes(), []byte("\n")))
			separator = ","
		}
		return nil
	})
	if err != nil {
		return err
	}
	if separator == "[" {
		out.WriteString(separator)
	}
	out.WriteString("]\n")
	return out.Flush()
}
