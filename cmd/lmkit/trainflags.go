package main

import (
	"github.com/spf13/pflag"

	"owlm/lmkit/network"
	"owlm/lmkit/train"
)

// trainFlags are what train is asked for.
type trainFlags struct {
	text, out, from      string
	recipe               *choice
	cell                 *choice
	tokens               tokenFlags
	optimizer, schedule  *choice
	objective            *choice
	model                network.Config
	config               train.Config
	sequence             int
	shuffle              bool
	resetAfter           bool
	lossy, json, changed bool
}

func newTrainFlags() *trainFlags {
	return &trainFlags{
		recipe: &choice{"", train.RecipeNames()},
		cell:   &choice{"lstm", []string{"rnn", "lstm", "gru"}}, tokens: newTokenFlags(),
		optimizer: &choice{"adam", train.Optimizers}, schedule: &choice{"constant", train.Schedules},
		objective: &choice{"windows", []string{"windows", "stream"}},
	}
}

func (g *trainFlags) addFlags(f *pflag.FlagSet) {
	f.SortFlags = false // they are in the order of their ideas
	f.StringVar(&g.text, "text", "", "text: owl, opticks, kjv or a file; see lmkit corpus list")
	f.StringVar(&g.out, "out", "", "directory for the model and all that belongs to its run")
	f.Var(g.recipe, "recipe", "start from the values of a paper or a program; see above")
	f.StringVar(&g.from, "from", "", "start from the model in this directory")
	f.BoolVar(&g.config.Resume, "resume", false, "go on with the run in --out; only flags that are typed change it")
	f.BoolVar(&g.changed, "allow-changed-text", false, "resume although the text has changed")
	f.BoolVar(&g.lossy, "lossy", false, "replace bytes that are not UTF-8")
	g.addModelFlags(f)
	g.addLearningFlags(f)
	g.addRunFlags(f)
}

// addModelFlags are for the tokens, the structure and where it starts.
func (g *trainFlags) addModelFlags(f *pflag.FlagSet) {
	g.tokens.addFlags(f)
	f.Var(g.cell, "cell", "recurrence")
	f.IntVar(&g.model.EmbeddingSize, "embedding", 128, "length of a token's vector")
	f.IntVar(&g.model.HiddenSize, "hidden", 256, "length of a layer's hidden state")
	f.IntVar(&g.model.Layers, "layers", 2, "number of layers")
	f.BoolVar(&g.model.TieWeights, "tie", false, "share the embedding with the output layer")
	f.BoolVar(&g.resetAfter, "reset-after", true, "gru: apply the reset gate after the product, as PyTorch does")
	f.Float64Var(&g.config.Initial.Range, "initial-range", 0, "draw all initial weights from ± this; 0: PyTorch's distributions")
	f.Float64Var(&g.config.Initial.ForgetBias, "forget-bias", 0, "lstm: what the bias of the forget gates starts with; 0: as the others")
	f.Float64Var(&g.model.Dropout, "dropout", 0, "probability of zeroing a value between layers, in training")
	f.Float64Var(&g.config.Dropout.Embeddings, "dropout-embedding", 0, "probability of zeroing a value of an embedding, in training")
	f.Float64Var(&g.config.Dropout.Outputs, "dropout-output", 0, "probability of zeroing a value of the top layer, in training")
	f.BoolVar(&g.config.Dropout.Locked, "locked-dropout", false, "zero the same values at every time step of a sequence")
}

// addLearningFlags are for the objective and how the weights change.
func (g *trainFlags) addLearningFlags(f *pflag.FlagSet) {
	f.Var(g.objective, "objective", "windows: the last token of windows from a zero state; stream: every token, the state carried")
	f.IntVar(&g.sequence, "sequence", 5, "tokens of a window, or of a stretch of the stream")
	f.IntVar(&g.config.BatchSize, "batch", 16, "windows, or lanes of the stream, in a step")
	f.IntVar(&g.config.Epochs, "epochs", 100, "how often the text is read")
	f.IntVar(&g.config.Steps, "steps", 0, "number of training steps, instead of epochs")
	f.BoolVar(&g.shuffle, "shuffle", true, "take the windows in random order")
	f.Var(g.optimizer, "optimizer", "how gradients change the weights")
	f.Float64Var(&g.config.WeightDecay, "weight-decay", 0, "adamw: decay of matrices; 0 is PyTorch's 0.01")
	f.Float64Var(&g.config.RMSDecay, "rms-decay", 0, "rmsprop: share of the mean of squares that stays; 0 is PyTorch's 0.99")
	f.Float64Var(&g.config.LearningRate, "learning-rate", 0.003, "highest learning rate")
	f.Var(g.schedule, "schedule", "how the learning rate changes")
	options := &g.config.ScheduleOptions
	f.IntVar(&options.WarmupSteps, "warmup-steps", 0, "let the learning rate rise over the first steps")
	f.IntVar(&options.ConstantEpochs, "constant-epochs", 0, "step: divide after every epoch from this one on; 0: after a half and three quarters of the run")
	f.Float64Var(&options.Divisor, "divisor", 0, "step, plateau: what the learning rate is divided by; 0: 10, 4")
	f.IntVar(&options.Patience, "plateau-patience", 0, "plateau: epochs in a row without a better validation loss before dividing")
	f.Float64Var(&options.Threshold, "plateau-threshold", 0, "plateau: nats by which a validation loss must be lower to count as better")
	f.Float64Var(&g.config.Clip, "clip", 0, "limit of the gradient's norm; 0 is none")
	f.Float64Var(&g.config.ClipValue, "clip-value", 0, "limit of each value of the gradient; 0 is none")
	f.BoolVar(&g.config.SkipNotFinite, "skip-not-finite", false, "skip steps whose loss or gradient is not finite, instead of stopping")
}

// addRunFlags are for what happens beside the learning.
func (g *trainFlags) addRunFlags(f *pflag.FlagSet) {
	f.Float64Var(&g.config.Valid, "valid", 0, "share of the text, at its end, to validate on after every epoch")
	f.Float64Var(&g.config.Test, "test", 0, "share of the text, at its very end, to test the finished model on")
	f.IntVar(&g.config.ValidateEvery, "validate-every", 0, "validate every so many steps, too")
	f.BoolVar(&g.config.KeepBest, "keep-best", false, "the model gets the weights with the lowest validation loss, not the last ones")
	f.IntVar(&g.config.Patience, "patience", 0, "stop after this many epochs without a lower validation loss; 0: never")
	f.IntVar(&g.config.Samples.Every, "sample-every", 0, "generate a text every so many steps, for the history and to show")
	f.StringVar(&g.config.Samples.Prompt, "sample-prompt", "", "what that text continues")
	f.IntVar(&g.config.Samples.Length, "sample-length", 50, "number of its new tokens")
	f.Float64Var(&g.config.Samples.Temperature, "sample-temperature", 1, "its temperature")
	f.Uint64Var(&g.config.Seed, "seed", 0, "seed of the weights, the order and the dropout")
	f.IntVar(&g.config.CheckpointEvery, "checkpoint-every", 0, "save a checkpoint every so many steps; 0: when interrupted")
	f.IntVar(&g.config.LogEvery, "log-every", 0, "write a line of history every so many steps; 0: every epoch")
	f.StringVar(&g.config.Backend, "backend", "auto", "engine: auto, go, xla:cpu or xla:cuda")
	f.BoolVar(&g.json, "json", false, "write one JSON object at the end, and nothing else")
}
