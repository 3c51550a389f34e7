package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/text"
)

func corpusCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "corpus",
		Short:   "List the texts that lmkit knows, or get one",
		Example: "  lmkit corpus list\n  lmkit corpus get kjv --out kjv.txt",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				return usagef(c, "there is no %q; it must be list or get", args[0])
			}
			return usagef(c, "list or get is missing")
		},
	}
	c.AddCommand(corpusListCommand(), corpusGetCommand())
	return c
}

// corpusRow is a row of the list.
type corpusRow struct {
	Name   string `json:"name"`
	Title  string `json:"title,omitempty"`
	Size   int    `json:"size"`
	Tokens int    `json:"tokens"`
	Types  int    `json:"types"`
	Rights string `json:"rights"`
	Source string `json:"source"`
	SHA256 string `json:"sha256"`
}

func corpusListCommand() *cobra.Command {
	var asJSON, lossy bool
	c := &cobra.Command{
		Use:     "list [FILE...]",
		Short:   "List the texts that lmkit knows, and files, with their words counted in lower case",
		Example: "  lmkit corpus list\n  lmkit corpus list book.txt --json",
		Args:    cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, files []string) error {
			var rows []corpusRow
			for _, known := range corpora.All {
				rows = append(rows, corpusRow{
					Name: known.Name, Title: known.Title, Size: known.Size, Tokens: known.Tokens, Types: known.Types,
					Rights: known.Rights, Source: known.Origin, SHA256: known.SHA256,
				})
			}
			for _, file := range files {
				row, err := measureFile(c.Context(), file, lossy)
				if err != nil {
					return err
				}
				rows = append(rows, row)
			}
			if asJSON {
				return writeJSON(c.OutOrStdout(), map[string]any{"corpora": rows})
			}
			return writeRows(c.OutOrStdout(), rows)
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, jsonUsage)
	c.Flags().BoolVar(&lossy, "lossy", false, lossyUsage)
	return c
}

func writeRows(w io.Writer, rows []corpusRow) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "name\tbytes\ttokens\ttypes\trights\tsource\ttitle")
	for _, r := range rows {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%s\t%s\t%s\n", r.Name, r.Size, r.Tokens, r.Types, r.Rights, r.Source,
			r.Title)
	}
	return table.Flush()
}

// measureFile counts the words of a file in lower case.
func measureFile(ctx context.Context, path string, lossy bool) (row corpusRow, err error) {
	stream, err := text.File(path, lossy).Open()
	if err != nil {
		return row, err
	}
	defer stream.Close()
	row = corpusRow{Name: path, Rights: "not known", Source: "a file"}
	types := make(map[string]bool)
	measure := dataset.NewMeasure(stream)
	err = text.TokenizeReader(text.Words{Lowercase: true}, measure, func(tokens []string, _ string) error {
		for _, token := range tokens {
			if !types[token] {
				types[strings.Clone(token)] = true // token keeps its whole block of text in memory
			}
		}
		row.Tokens += len(tokens)
		return ctx.Err()
	})
	sum := measure.SHA256()
	row.Size, row.Types, row.SHA256 = measure.Bytes, len(types), hex.EncodeToString(sum[:])
	return row, err
}

func corpusGetCommand() *cobra.Command {
	var out string
	var asJSON bool
	c := &cobra.Command{
		Use:     "get NAME",
		Short:   "Download a text if necessary, check it and print where it is",
		Example: "  lmkit corpus get opticks --out opticks.txt",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef(c, "it takes one name, not %d", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return getCorpus(c, args[0], out, asJSON) },
	}
	c.Flags().StringVar(&out, "out", "", "write the plain text to this `file`")
	c.Flags().BoolVar(&asJSON, "json", false, jsonUsage)
	return c
}

func getCorpus(c *cobra.Command, name, out string, asJSON bool) error {
	known, ok := corpora.Named(name)
	if !ok {
		return fmt.Errorf("there is no corpus %q; lmkit corpus list lists them, and a text file needs no get", name)
	}
	source, err := corpora.Open(c.Context(), name, false, c.ErrOrStderr())
	if err != nil {
		return err
	}
	path, err := corpora.Path(c.Context(), name, c.ErrOrStderr())
	if err != nil {
		return err
	}
	if out != "" {
		if path, err = out, writeSource(source, out); err != nil {
			return err
		}
	}
	if asJSON {
		return writeJSON(c.OutOrStdout(), map[string]any{
			"name": name, "path": path, "size": known.Size, "sha256": known.SHA256,
		})
	}
	if path == "" {
		path = "built in; --out FILE writes it to a file"
	}
	_, err = fmt.Fprintf(c.OutOrStdout(), "%s: %s\n", name, path)
	return err
}

// writeSource writes a text to a file, completely or not at all.
func writeSource(source text.Source, path string) error {
	stream, err := source.Open()
	if err != nil {
		return err
	}
	defer stream.Close()
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("%s is a directory; name a file", path)
	}
	file, err := renameio.NewPendingFile(filepath.Clean(path), renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer file.Cleanup()
	if _, err := io.Copy(file, stream); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}
