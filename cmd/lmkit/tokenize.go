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

// tokenizeFlags holds the values of the flags of tokenize.
type tokenizeFlags struct {
	tokenFlags
	model string
	lossy bool
}

func tokenizeCommand() *cobra.Command {
	g := tokenizeFlags{tokenFlags: newTokenFlags()}
	c := &cobra.Command{
		Use:   "tokenize",
		Short: "Split standard input into tokens and print them as one JSON array",
		Example: "  echo \"Don't go, owl.\" | lmkit tokenize --lowercase\n" +
			"  lmkit tokenize --model runs/bible < psalm.txt",
		RunE: func(c *cobra.Command, _ []string) error {
			tokenizer, err := g.tokenizer(c)
			if err != nil {
				return err
			}
			return tokenize(c.OutOrStdout(), text.NewReader("standard input", c.InOrStdin(), g.lossy), tokenizer)
		},
	}
	f := c.Flags()
	f.Var(g.kind, "tokens", "kind of tokens; bpe needs --model or --tokenizer")
	f.StringVar(&g.model, "model", "", "use the tokenizer of the model in this `directory`")
	f.StringVar(&g.file, "tokenizer", "", tokenizerUsage)
	f.BoolVar(&g.lowercase, "lowercase", false, "put the text into lower case first")
	f.BoolVar(&g.lossy, "lossy", false, lossyUsage)
	f.Bool("json", true, "has no effect: the output is always JSON")
	return c
}

// tokenizer returns the tokenizer that the flags choose.
func (g *tokenizeFlags) tokenizer(c *cobra.Command) (text.Tokenizer, error) {
	switch {
	case g.model != "" && g.file != "":
		return nil, usagef(c, "--model and --tokenizer exclude each other")
	case g.model != "":
		g.file = filepath.Join(g.model, text.TokenizerFile)
	case g.file == "" && g.kind.value == "bpe":
		return nil, usagef(c, "--tokens bpe needs a tokenizer that has learned: pass --model or --tokenizer")
	case g.file == "":
		return tokenizerOf(g.kind.value, g.lowercase)
	}
	if c.Flags().Changed("lowercase") {
		return nil, usagef(c, "--lowercase is the tokenizer's own choice, stored in its file; leave it out")
	}
	return g.fromFile(c.Flags())
}

// tokenize writes the tokens of a text as one JSON array while it reads the text. It buffers about a megabyte, so that
// a text that is refused early leaves no output.
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
