package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"owlm/lmkit/corpora"
	"owlm/lmkit/dataset"
	"owlm/lmkit/ngram"
	"owlm/lmkit/train"
)

// ngramFlags holds the values of the flags of ngram.
type ngramFlags struct {
	text, model string
	smoothing   *choice
	tokens      tokenFlags
	order       int
	k           float64
	config      train.Config
	lossy, json bool
}

func ngramCommand() *cobra.Command {
	g := ngramFlags{smoothing: &choice{"kneser-ney", []string{"kneser-ney", "add-k"}}, tokens: newTokenFlags()}
	c := &cobra.Command{
		Use:   "ngram",
		Short: "Count the n-grams of a text and measure how well they predict the parts held out, as a baseline",
		Long: "Count the n-grams of a text and measure how well they predict the parts held out, as a baseline.\n\n" +
			"The flags for tokens, vocabulary and parts have the same meaning as in lmkit train. With --model,\n" +
			"their values come from a run.",
		Example: "  lmkit ngram --text book.txt --vocabulary 10000 --valid 0.05 --test 0.05 --order 5\n" +
			"  lmkit ngram --model runs/book",
		RunE: func(c *cobra.Command, _ []string) error { return g.run(c) },
	}
	g.addFlags(c.Flags())
	return c
}

func (g *ngramFlags) addFlags(f *pflag.FlagSet) {
	f.SortFlags = false // related flags are together
	f.StringVar(&g.text, "text", "", textUsage+" (default with --model: the run's)")
	f.StringVar(&g.model, "model", "", "`directory` of a training run, for its tokens, vocabulary and parts")
	f.IntVar(&g.order, "order", 5, "number of tokens in an n-gram")
	f.Var(g.smoothing, "smoothing", "how counts become probabilities; kneser-ney is interpolated and modified")
	f.Float64Var(&g.k, "k", 1, "add-k: number to add to each count")
	g.tokens.addFlags(f)
	addSettings(f, &g.config, "min-count", "vocabulary", "valid", "test")
	f.BoolVar(&g.lossy, "lossy", false, lossyUsage)
	f.BoolVar(&g.json, "json", false, jsonUsage)
}

func (g *ngramFlags) run(c *cobra.Command) error {
	parts, err := g.parts(c)
	if err != nil {
		return err
	}
	defer parts.Close()
	model, err := g.count(parts)
	if err != nil {
		return err
	}
	result := ngramResult{
		Smoothing: g.smoothing.value, Order: g.order, VocabularySize: parts.Vocabulary.Len(),
		TrainTokens: parts.Train.Tokens,
	}
	if result.Smoothing == "add-k" {
		result.K = &g.k
	}
	for _, held := range []struct {
		part   dataset.Part
		target **dataset.Evaluation
	}{{parts.Valid, &result.Valid}, {parts.Test, &result.Test}} {
		if held.part.Tokens == 0 {
			continue
		}
		evaluation, err := model.Evaluate(held.part)
		if err != nil {
			return err
		}
		*held.target = &evaluation
	}
	if g.json {
		return writeJSON(c.OutOrStdout(), result)
	}
	return result.table(c.OutOrStdout())
}

// parts returns the parts of the run in --model, or of --text as the flags say.
func (g *ngramFlags) parts(c *cobra.Command) (*dataset.Parts, error) {
	f := c.Flags()
	if g.model != "" {
		for _, name := range append([]string{"valid", "test"}, tokenFlagNames...) {
			if f.Changed(name) {
				return nil, usagef(c, "--model and --%s exclude each other: the run has its own", name)
			}
		}
		parts, err := partsOfRun(c, g.model, g.text, g.lossy)
		if err == nil && parts.Valid.Tokens+parts.Test.Tokens == 0 {
			parts.Close()
			err = fmt.Errorf("the run in %s holds out no part of its text; train with --valid or --test", g.model)
		}
		return parts, err
	}
	if err := require(c, "text"); err != nil {
		return nil, err
	}
	if g.config.Valid == 0 && g.config.Test == 0 {
		return nil, usagef(c, "missing --valid or --test: the share of the text to hold out and predict")
	}
	var err error
	all := func(string) bool { return true }
	if g.config.Tokenizer, err = g.tokens.tokenizer(f, nil, all); err != nil {
		return nil, err
	}
	g.config = withUnknown(g.config)
	source, err := corpora.Open(c.Context(), g.text, g.lossy, c.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	g.config.Warn = warnings(c)
	return train.Split(c.Context(), source, g.config)
}

// partsOfRun cuts a text into the parts of the run in a directory; "" stands for the text that the run names.
func partsOfRun(c *cobra.Command, dir, name string, lossy bool) (*dataset.Parts, error) {
	run, err := train.ReadRun(dir)
	if err != nil {
		return nil, err
	}
	if name == "" {
		if name = run.TextName; name == "" {
			return nil, usagef(c, "missing --text: the run in %s does not name its text", dir)
		}
	}
	source, err := corpora.Open(c.Context(), name, lossy, c.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	run.Warn = warnings(c)
	return train.Split(c.Context(), source, run)
}

func (g *ngramFlags) count(parts *dataset.Parts) (*ngram.Model, error) {
	if g.smoothing.value == "kneser-ney" {
		return ngram.NewKneserNey(dataset.All(parts.Train.IDs), g.order, parts.Vocabulary.Len())
	}
	if !(g.k > 0) {
		return nil, fmt.Errorf("k is %v; it must be above 0, or what was never counted has probability 0", g.k)
	}
	return ngram.New(dataset.All(parts.Train.IDs), g.order, parts.Vocabulary.Len(), g.k)
}

// ngramResult is the result of ngram, as JSON.
type ngramResult struct {
	Smoothing      string              `json:"smoothing"`
	K              *float64            `json:"k,omitempty"`
	Order          int                 `json:"order"`
	VocabularySize int                 `json:"vocabulary_size"`
	TrainTokens    int                 `json:"train_tokens"`
	Valid          *dataset.Evaluation `json:"valid,omitempty"`
	Test           *dataset.Evaluation `json:"test,omitempty"`
}

func (r ngramResult) table(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s, order %d: %d tokens counted, vocabulary %d\n", r.Smoothing, r.Order, r.TrainTokens,
		r.VocabularySize)
	fmt.Fprintln(t, "part\ttokens\tunknown\tloss (nats)\tperplexity\tbits per character")
	for _, row := range []struct {
		name string
		e    *dataset.Evaluation
	}{{"valid", r.Valid}, {"test", r.Test}} {
		if e := row.e; e != nil {
			fmt.Fprintf(t, "%s\t%d\t%d\t%.4f\t%.3f\t%.4f\n", row.name, e.Tokens, e.Unknown, e.Loss, e.Perplexity,
				e.BitsPerCharacter)
		}
	}
	return t.Flush()
}
