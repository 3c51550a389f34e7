package main

import (
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"owlm/lmkit"
	"owlm/lmkit/rnn"
)

// trainFlags are what train is asked for.
type trainFlags struct {
	text, objective      string
	out, from            string
	cell, tokens         *choice
	optimizer, schedule  *choice
	objectiveFlag        *choice
	model                lmkit.Config
	config               lmkit.TrainConfig
	sequence             int
	lowercase, shuffle   bool
	resetAfter           bool
	lossy, json, changed bool
}

func trainCommand() *cobra.Command {
	g := trainFlags{
		cell: &choice{"lstm", []string{"rnn", "lstm", "gru"}}, tokens: &choice{"word", []string{"word", "character", "bpe"}},
		optimizer: &choice{"adam", lmkit.Optimizers}, schedule: &choice{"constant", lmkit.Schedules},
		objectiveFlag: &choice{"windows", []string{"windows", "stream"}},
	}
	c := &cobra.Command{
		Use:     "train",
		Short:   "Train a model on a text",
		Example: "  lmkit train --text owl --out runs/owl\n  lmkit train --text book.txt --out runs/book --tokens character --objective stream --sequence 64 --epochs 3",
		RunE:    func(c *cobra.Command, _ []string) error { return g.run(c) },
	}
	g.addFlags(c.Flags())
	return c
}

func (g *trainFlags) addFlags(f *pflag.FlagSet) {
	f.StringVar(&g.text, "text", "", "text file, or owl for the tutorial's text")
	f.StringVar(&g.out, "out", "", "directory for the model and all that belongs to its run")
	f.StringVar(&g.from, "from", "", "start from the model in this directory")
	f.BoolVar(&g.config.Resume, "resume", false, "go on with the run in --out; only flags that are typed change it")
	f.BoolVar(&g.changed, "allow-changed-text", false, "resume although the text has changed")
	f.Var(g.cell, "cell", "recurrence")
	f.Var(g.tokens, "tokens", "what a token is")
	f.BoolVar(&g.lowercase, "lowercase", true, "put the text into lower case (characters: only if typed)")
	f.IntVar(&g.config.Vocabulary.MinCount, "min-count", 0, "tokens that occur less often become <unk>")
	f.IntVar(&g.config.Vocabulary.Size, "vocabulary", 0, "size of the vocabulary, <unk> included; 0 takes all tokens")
	f.IntVar(&g.model.EmbeddingSize, "embedding", 128, "length of a token's vector")
	f.IntVar(&g.model.HiddenSize, "hidden", 256, "length of a layer's hidden state")
	f.IntVar(&g.model.Layers, "layers", 2, "number of layers")
	f.Float64Var(&g.model.Dropout, "dropout", 0, "probability of zeroing a value between layers, in training")
	f.BoolVar(&g.model.TieWeights, "tie", false, "share the embedding with the output layer")
	f.BoolVar(&g.resetAfter, "reset-after", true, "gru: apply the reset gate after the product, as PyTorch does")
	f.Var(g.objectiveFlag, "objective", "windows: the last token of windows from a zero state; stream: every token, the state carried")
	f.IntVar(&g.sequence, "sequence", 5, "tokens of a window, or of a stretch of the stream")
	f.IntVar(&g.config.BatchSize, "batch", 16, "windows, or lanes of the stream, in a step")
	f.IntVar(&g.config.Epochs, "epochs", 100, "how often the text is read")
	f.IntVar(&g.config.Steps, "steps", 0, "number of training steps, instead of epochs")
	f.Var(g.optimizer, "optimizer", "how gradients change the weights")
	f.Float64Var(&g.config.LearningRate, "learning-rate", 0.003, "highest learning rate")
	f.Float64Var(&g.config.WeightDecay, "weight-decay", 0, "adamw: decay of matrices; 0 is PyTorch's 0.01")
	f.Var(g.schedule, "schedule", "how the learning rate changes")
	f.Float64Var(&g.config.Clip, "clip", 0, "limit of the gradient's norm; 0 is none")
	f.Float64Var(&g.config.Valid, "valid", 0, "share of the text, at its end, to validate on after every epoch")
	f.Float64Var(&g.config.Test, "test", 0, "share of the text, at its very end, to test the finished model on")
	f.BoolVar(&g.shuffle, "shuffle", true, "take the windows in random order")
	f.Uint64Var(&g.config.Seed, "seed", 0, "seed of the weights, the order and the dropout")
	f.IntVar(&g.config.CheckpointEvery, "checkpoint-every", 0, "save a checkpoint every so many steps; 0: when interrupted")
	f.IntVar(&g.config.LogEvery, "log-every", 0, "write a line of history every so many steps; 0: every epoch")
	f.StringVar(&g.config.Backend, "backend", "auto", "engine: auto, go, xla:cpu or xla:cuda")
	f.BoolVar(&g.lossy, "lossy", false, "replace bytes that are not UTF-8")
	f.BoolVar(&g.json, "json", false, "write one JSON object at the end, and nothing else")
}

func (g *trainFlags) run(c *cobra.Command) error {
	if err := require(c, "text", "out"); err != nil {
		return err
	}
	if c.Flags().Changed("epochs") && c.Flags().Changed("steps") {
		return usagef(c, "--epochs and --steps exclude each other")
	}
	config, err := g.trainConfig(c.Flags())
	if err != nil {
		return err
	}
	corpus, err := readCorpus(g.text, g.lossy, c.ErrOrStderr())
	if err != nil {
		return err
	}
	config.Corpus, config.Directory, config.Backend = g.text, g.out, g.config.Backend
	config.AllowChangedText = g.changed
	config.Warn = func(message string) { fmt.Fprintln(c.ErrOrStderr(), "lmkit: "+message) }
	if !g.json {
		config.Hooks = append(config.Hooks, lmkit.Progress(), lmkit.LogEvery(max(1, config.Epochs/10), c.OutOrStdout()))
	}
	start := time.Now()
	model, err := lmkit.Train(c.Context(), corpus, config)
	var interrupted *lmkit.Interrupted
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
	receipt, err := lmkit.ReadReceipt(g.out)
	if err != nil {
		return err
	}
	if g.json {
		return writeJSON(c.OutOrStdout(), map[string]any{
			"directory": g.out, "parameters": model.Config.Parameters(), "vocabulary_size": model.Config.VocabularySize,
			"steps": receipt.Steps, "epochs": receipt.Epochs, "loss": receipt.TrainLoss, "perplexity": math.Exp(receipt.TrainLoss),
			"valid_loss": receipt.ValidLoss, "test_loss": receipt.TestLoss, "backend": receipt.Backend, "seconds": took.Seconds(),
		})
	}
	fmt.Fprintf(c.ErrOrStderr(), "%s, %d steps in %.1f s\n", model.Engine.Reason, receipt.Steps, took.Seconds())
	_, err = fmt.Fprintf(c.OutOrStdout(), "Model in %s: loss %.4f, perplexity %.3f\n", g.out, receipt.TrainLoss, math.Exp(receipt.TrainLoss))
	if err == nil && receipt.TestLoss != nil {
		_, err = fmt.Fprintf(c.OutOrStdout(), "Test: loss %.4f, perplexity %.3f\n", *receipt.TestLoss, math.Exp(*receipt.TestLoss))
	}
	return err
}

// trainConfig is the library's configuration for the flags. A run that is resumed, or starts from another
// model, has values already: only flags that were typed change those.
func (g *trainFlags) trainConfig(f *pflag.FlagSet) (lmkit.TrainConfig, error) {
	if g.config.Resume {
		if config, err := lmkit.ReadRun(g.out); err == nil {
			return config, g.change(f, &config, f.Changed, f.Changed)
		}
	}
	config := lmkit.TrainConfig{Resume: g.config.Resume, From: g.from}
	all := func(string) bool { return true }
	if g.from == "" {
		return config, g.change(f, &config, all, all)
	}
	model, err := lmkit.ReadConfig(g.from)
	if err != nil {
		return config, err
	}
	config.Model = model
	return config, g.change(f, &config, f.Changed, all)
}

// change puts the values of flags into a configuration: those of the model's structure that structure accepts, and
// the others that rest accepts.
func (g *trainFlags) change(f *pflag.FlagSet, config *lmkit.TrainConfig, structure, rest func(name string) bool) (err error) {
	if structure("cell") {
		if config.Model.Cell, err = rnn.ParseCell(g.cell.value); err != nil {
			return err
		}
	}
	if structure("tokens") || structure("lowercase") {
		lowercase := g.lowercase && (g.tokens.value == "word" || f.Changed("lowercase"))
		if config.Tokenizer, err = tokenizerOf(g.tokens.value, lowercase); err != nil {
			return err
		}
	}
	set(structure, "embedding", &config.Model.EmbeddingSize, g.model.EmbeddingSize)
	set(structure, "hidden", &config.Model.HiddenSize, g.model.HiddenSize)
	set(structure, "layers", &config.Model.Layers, g.model.Layers)
	set(structure, "dropout", &config.Model.Dropout, g.model.Dropout)
	set(structure, "tie", &config.Model.TieWeights, g.model.TieWeights)
	set(structure, "reset-after", &config.Model.ResetBefore, !g.resetAfter)
	if rest("objective") || rest("sequence") {
		config.Objective = lmkit.Windows{Length: g.sequence}
		if g.objectiveFlag.value == "stream" {
			config.Objective = lmkit.Stream{Length: g.sequence}
		}
	}
	given := g.config
	set(rest, "batch", &config.BatchSize, given.BatchSize)
	set(rest, "epochs", &config.Epochs, given.Epochs)
	set(rest, "steps", &config.Steps, given.Steps)
	set(rest, "optimizer", &config.Optimizer, g.optimizer.value)
	set(rest, "learning-rate", &config.LearningRate, given.LearningRate)
	set(rest, "weight-decay", &config.WeightDecay, given.WeightDecay)
	set(rest, "schedule", &config.Schedule, g.schedule.value)
	set(rest, "clip", &config.Clip, given.Clip)
	set(rest, "valid", &config.Valid, given.Valid)
	set(rest, "test", &config.Test, given.Test)
	set(rest, "shuffle", &config.InOrder, !g.shuffle)
	set(rest, "seed", &config.Seed, given.Seed)
	set(rest, "checkpoint-every", &config.CheckpointEvery, given.CheckpointEvery)
	set(rest, "log-every", &config.LogEvery, given.LogEvery)
	set(rest, "min-count", &config.Vocabulary.MinCount, given.Vocabulary.MinCount)
	set(rest, "vocabulary", &config.Vocabulary.Size, given.Vocabulary.Size)
	// Words that only the held-out text has, or that were dropped, need a token that stands for them.
	v := config.Vocabulary
	if config.Valid > 0 || config.Test > 0 || v.MinCount > 0 || v.Size > 0 {
		config.Vocabulary.Unknown = "<unk>"
	}
	return nil
}

// set assigns a flag's value if accept accepts the flag.
func set[T any](accept func(name string) bool, name string, target *T, value T) {
	if accept(name) {
		*target = value
	}
}
