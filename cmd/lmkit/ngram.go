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

// ngramFlags are what ngram is asked for.
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
		Short: "Count n-grams of a text, the baseline for a network, and measure how well they predict its held-out parts",
		Long: "Count n-grams of a text, the baseline for a network, and measure how well they predict its held-out parts.\n\n" +
			"Text, tokens, vocabulary and parts are those of lmkit train with the same flags, or those of the run in --model.",
		Example: "  lmkit ngram --text book.txt --vocabulary 10000 --valid 0.05 --test 0.05 --order 5\n  lmkit ngram --model runs/book",
		RunE:    func(c *cobra.Command, _ []string) error { return g.run(c) },
	}
	g.addFlags(c.Flags())
	return c
}

func (g *ngramFlags) addFlags(f *pflag.FlagSet) {
	f.StringVar(&g.text, "text", "", "text file, or owl for the tutorial's text (default with --model: the run's)")
	f.StringVar(&g.model, "model", "", "directory of a training run: take its tokens, vocabulary and parts")
	f.Var(g.smoothing, "smoothing", "what makes probabilities of counts; kneser-ney: interpolated, modified")
	f.IntVar(&g.order, "order", 5, "tokens of an n-gram")
	f.Float64Var(&g.k, "k", 1, "add-k: what is added to each count")
	g.tokens.addFlags(f)
	addSettings(f, &g.config, "min-count", "vocabulary", "valid", "test")
	f.BoolVar(&g.lossy, "lossy", false, "replace bytes that are not UTF-8")
	f.BoolVar(&g.json, "json", false, "write one JSON object")
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
	result := ngramResult{Smoothing: g.smoothing.value, Order: g.order, VocabularySize: parts.Vocabulary.Len(), TrainTokens: parts.Train.Tokens}
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

// parts are those of the run in --model, or of the text by the flags.
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
			err = fmt.Errorf("the run in %s held out no part of its text; train with --valid or --test", g.model)
		}
		return parts, err
	}
	if err := require(c, "text"); err != nil {
		return nil, err
	}
	if g.config.Valid == 0 && g.config.Test == 0 {
		return nil, usagef(c, "missing --valid or --test: the share of the text to predict")
	}
	var err error
	all := func(string) bool { return true }
	if g.config.Tokenizer, err = g.tokens.tokenizer(f, nil, all); err != nil {
		return nil, err
	}
	withUnknown(&g.config)
	source, err := corpora.Open(c.Context(), g.text, g.lossy, c.ErrOrStderr())
	if err != nil {
		return nil, err
	}
	g.config.Warn = warnings(c)
	return train.Split(c.Context(), source, g.config)
}

// partsOfRun cuts a text as the run in a directory did; "" is the text that the run names.
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
		return nil, fmt.Errorf("k is %v; it must be above 0, as what was never counted has probability 0 without", g.k)
	}
	return ngram.New(dataset.All(parts.Train.IDs), g.order, parts.Vocabulary.Len(), g.k)
}

// ngramResult is what ngram writes.
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
	fmt.Fprintf(w, "%s, order %d: %d tokens counted, vocabulary %d\n", r.Smoothing, r.Order, r.TrainTokens, r.VocabularySize)
	fmt.Fprintln(t, "part\ttokens\tunknown\tloss (nats)\tperplexity\tbits per character")
	for _, row := range []struct {
		name string
		e    *dataset.Evaluation
	}{{"valid", r.Valid}, {"test", r.Test}} {
		if row.e != nil {
			fmt.Fprintf(t, "%s\t%d\t%d\t%.4f\t%.3f\t%.4f\n", row.name, row.e.Tokens, row.e.Unknown, row.e.Loss, row.e.Perplexity, row.e.BitsPerCharacter)
		}
	}
	return t.Flush()
}
