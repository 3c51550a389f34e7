package main

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/train"
)

func trainCommand() *cobra.Command {
	g := newTrainFlags()
	c := &cobra.Command{
		Use:   "train",
		Short: "Train a model on a text",
		Long:  "Train a model on a text.\n\nRecipes are all the flags of a paper or a program at once; flags that are typed override theirs:\n" + recipes(),
		Example: "  lmkit train --text owl --out runs/owl\n" +
			"  lmkit train --text book.txt --out runs/book --tokens character --objective stream --sequence 64 --epochs 3\n" +
			"  lmkit train --text book.txt --out runs/small --recipe zaremba-small --keep-best",
		RunE: func(c *cobra.Command, _ []string) error { return g.run(c) },
	}
	g.addFlags(c.Flags())
	return c
}

// recipes describes the recipes, for the help.
func recipes() string {
	var b strings.Builder
	for _, r := range train.Recipes {
		fmt.Fprintf(&b, "  %-15s %s\n  %-15s (differs: %s)\n", r.Name, r.Source, "", r.Difference)
	}
	return b.String()
}

func (g *trainFlags) run(c *cobra.Command) error {
	if err := require(c, "text", "out"); err != nil {
		return err
	}
	if c.Flags().Changed("epochs") && c.Flags().Changed("steps") {
		return usagef(c, "--epochs and --steps exclude each other")
	}
	if g.recipe.value != "" && (g.given.Resume || g.given.From != "") {
		return usagef(c, "--recipe begins a new model, and --resume and --from go on with one")
	}
	if c.Flags().Changed("steps") && g.given.Steps == 0 { // for the library 0 is "epochs instead"
		return errors.New("steps is 0; it must be 1 or more")
	}
	config, err := g.trainConfig(c.Flags())
	if err != nil {
		return err
	}
	source, err := corpora.Open(c.Context(), g.text, g.lossy, c.ErrOrStderr())
	if err != nil {
		return err
	}
	config.TextName, config.Directory, config.Backend = g.text, g.out, g.given.Backend
	config.AllowChangedText = g.changed
	config.Warn = warnings(c)
	if !g.json {
		config.Hooks = append(config.Hooks, train.Progress(), train.LogEvery(max(1, config.Epochs/10), c.OutOrStdout()))
	}
	start := time.Now()
	model, err := train.Run(c.Context(), source, config)
	var interrupted *train.Interrupted
	if errors.As(err, &interrupted) {
		fmt.Fprintf(c.ErrOrStderr(), "lmkit: go on with: lmkit train --resume --text %s --out %s\n", g.text, g.out)
	}
	if err != nil {
		return err
	}
	return g.report(c, model, time.Since(start))
}

// report says what the run came to.
func (g *trainFlags) report(c *cobra.Command, model *lmkit.Model, took time.Duration) error {
	receipt, err := rundir.ReadReceipt(g.out)
	if err != nil {
		return err
	}
	if g.json {
		return writeJSON(c.OutOrStdout(), map[string]any{
			"directory": g.out, "parameters": model.Config.Parameters(), "vocabulary_size": model.Config.VocabularySize,
			"steps": receipt.Steps, "epochs": receipt.Epochs, "loss": receipt.TrainLoss, "perplexity": math.Exp(receipt.TrainLoss),
			"valid_loss": receipt.ValidLoss, "test_loss": receipt.TestLoss, "best": receipt.Best, "backend": receipt.Backend, "seconds": took.Seconds(),
		})
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s, %d steps in %.1f s%s\n", model.Engine.Reason, receipt.Steps, took.Seconds(), compiling(receipt.Compilations))
	_, err = fmt.Fprintf(c.OutOrStdout(), "Model in %s: loss %.4f, perplexity %.3f\n", g.out, receipt.TrainLoss, math.Exp(receipt.TrainLoss))
	if best := receipt.Best; err == nil && best != nil {
		weights := "the model has the weights of the last step"
		if best.Kept {
			weights = "the model has these weights"
		}
		_, err = fmt.Fprintf(c.OutOrStdout(), "Best validation: loss %.4f, perplexity %.3f, at step %d in epoch %d; %s\n",
			best.ValidLoss, math.Exp(best.ValidLoss), best.Step, best.Epoch, weights)
	}
	if err == nil && receipt.TestLoss != nil {
		_, err = fmt.Fprintf(c.OutOrStdout(), "Test: loss %.4f, perplexity %.3f\n", *receipt.TestLoss, math.Exp(*receipt.TestLoss))
	}
	return err
}

// compiling says what compiling took, in all and for each graph.
func compiling(list []network.Compilation) string {
	if len(list) == 0 {
		return ""
	}
	total, each := 0.0, make([]string, len(list))
	for i, c := range list {
		total += c.Seconds
		each[i] = fmt.Sprintf("%s %.2f s", c.What, c.Seconds)
	}
	return fmt.Sprintf(", of which compiling took %.2f s (%s)", total, strings.Join(each, ", "))
}
