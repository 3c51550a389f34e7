package main

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"owlm/internal/oneline"
	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

func trainCommand() *cobra.Command {
	g := newTrainFlags()
	c := &cobra.Command{
		Use:   "train",
		Short: "Train a model on a text",
		Long: "Train a model on a text.\n\n" +
			"A recipe sets the flags to the values of a paper or a program. Flags that you type override it.\n\n" +
			recipes(),
		Example: "  lmkit train --text owl --out runs/owl\n" +
			"  lmkit train --text book.txt --out runs/book --tokens character --objective stream --sequence 64\n" +
			"  lmkit train --text book.txt --out runs/small --recipe zaremba-small --keep-best\n" +
			"  lmkit train --resume --out runs/small --epochs 20",
		RunE: func(c *cobra.Command, _ []string) error { return g.run(c) },
	}
	g.addFlags(c.Flags())
	return c
}

// recipes describes the recipes for the help.
func recipes() string {
	const indent = "                  "
	var b strings.Builder
	for _, r := range train.Recipes {
		description := fmt.Sprintf("%s. Differences: %s.", r.Source, r.Difference)
		fmt.Fprintf(&b, "  %-15s %s\n", r.Name, strings.Join(lines(description, 100), "\n"+indent))
	}
	return b.String()
}

// lines breaks a text between words into lines of at most width characters.
func lines(text string, width int) []string {
	var list []string
	for _, word := range strings.Fields(text) {
		if last := len(list) - 1; last >= 0 && len(list[last])+1+len(word) <= width {
			list[last] += " " + word
		} else {
			list = append(list, word)
		}
	}
	return list
}

func (g *trainFlags) run(c *cobra.Command) error {
	needed := []string{"text", "out"}
	if g.given.Resume {
		needed = needed[1:] // the run names its text
	}
	if err := require(c, needed...); err != nil {
		return err
	}
	if c.Flags().Changed("epochs") && c.Flags().Changed("steps") {
		return usagef(c, "--epochs and --steps exclude each other")
	}
	if g.recipe.value != "" && (g.given.Resume || g.given.From != "") {
		return usagef(c, "--recipe starts a new model, but --resume and --from continue with one")
	}
	if c.Flags().Changed("steps") && g.given.Steps == 0 { // for the library, 0 stands for "epochs instead"
		return errors.New("steps is 0; it must be 1 or more")
	}
	config, err := g.trainConfig(c.Flags())
	if err != nil {
		return err
	}
	if g.text == "" {
		if g.text = config.TextName; g.text == "" {
			return usagef(c, "missing --text: no run in %s names its text", g.out)
		}
	}
	source, err := corpora.Open(c.Context(), g.text, g.lossy, c.ErrOrStderr())
	if err != nil {
		return err
	}
	// Read as a stream, even a corpus that is in memory leaves its token file in the run's directory.
	source = text.Source{Name: source.Name, Open: source.Open}
	config.TextName, config.Directory, config.Backend = g.text, g.out, g.given.Backend
	config.AllowChangedText = g.changed
	config.Warn = warnings(c)
	if !g.json {
		every := max(1, config.Epochs/10)
		config.Hooks = append(config.Hooks, train.Progress(), train.LogEvery(every, c.OutOrStdout()))
	}
	start := time.Now()
	model, err := train.Run(c.Context(), source, config)
	var interrupted *train.Interrupted
	if errors.As(err, &interrupted) {
		return fmt.Errorf("%w; continue with: %s", err, g.resumeCommand(c))
	}
	if err != nil {
		return err
	}
	return g.report(c, model, time.Since(start))
}

// resumeCommand returns the command that continues an interrupted run.
func (g *trainFlags) resumeCommand(c *cobra.Command) string {
	command := "lmkit train --resume --text " + oneline.ShellWord(g.text) + " --out " + oneline.ShellWord(g.out)
	if g.lossy {
		command += " --lossy"
	}
	if c.Flags().Changed("backend") {
		command += " --backend " + oneline.ShellWord(g.given.Backend)
	}
	return command
}

// report prints the results of the run.
func (g *trainFlags) report(c *cobra.Command, model *lmkit.Model, took time.Duration) error {
	receipt, err := rundir.ReadReceipt(g.out)
	if err != nil {
		return err
	}
	if g.json {
		return writeJSON(c.OutOrStdout(), map[string]any{
			"directory": g.out, "parameters": model.Config.Parameters(), "vocabulary_size": model.Config.VocabularySize,
			"steps": receipt.Steps, "epochs": receipt.Epochs,
			"loss": receipt.TrainLoss, "perplexity": finite(math.Exp(receipt.TrainLoss)),
			"valid_loss": receipt.ValidLoss, "test_loss": receipt.TestLoss, "best": receipt.Best,
			"backend": receipt.Backend, "seconds": took.Seconds(),
		})
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s, %d steps in %.1f s%s\n", model.Engine.Reason, receipt.Steps, took.Seconds(),
		compiling(receipt.Compilations))
	w := c.OutOrStdout()
	_, err = fmt.Fprintf(w, "Model in %s: loss %.4f, perplexity %.3f\n", g.out, receipt.TrainLoss,
		math.Exp(receipt.TrainLoss))
	if best := receipt.Best; err == nil && best != nil {
		weights := "the model has the weights of the last step"
		if best.Kept {
			weights = "the model has these weights"
		}
		_, err = fmt.Fprintf(w, "Best validation: loss %.4f, perplexity %.3f, at step %d in epoch %d; %s\n",
			best.ValidLoss, math.Exp(best.ValidLoss), best.Step, best.Epoch, weights)
	}
	if err == nil && receipt.TestLoss != nil {
		_, err = fmt.Fprintf(w, "Test: loss %.4f, perplexity %.3f\n", *receipt.TestLoss, math.Exp(*receipt.TestLoss))
	}
	return err
}

// compiling describes how long compiling took, in total and for each graph.
func compiling(list []network.Compilation) string {
	if len(list) == 0 {
		return ""
	}
	total, each := 0.0, make([]string, len(list))
	for i, c := range list {
		total += c.Seconds
		each[i] = fmt.Sprintf("%s %.2f s", c.What, c.Seconds)
	}
	return fmt.Sprintf(", including %.2f s of compiling (%s)", total, strings.Join(each, ", "))
}
