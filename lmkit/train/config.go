package train

import (
	"fmt"
	"slices"
	"strings"

	"owlm/internal/oneline"
	"owlm/lmkit/network"
	"owlm/lmkit/text"
)

// Config says how a model is trained. Sizes, BatchSize, LearningRate and either Epochs or
// Steps must be given; the rest has a useful zero.
type Config struct {
	// Model is the structure; VocabularySize comes from the text, and Context from the
	// objective. With From set, the zero Config takes that model's structure.
	Model network.Config
	// Tokenizer splits the text; nil is text.Words{Lowercase: true}. A text.BPE{} learns its merges from the training text,
	// or has learned them already; the model has the one that did.
	Tokenizer text.Tokenizer
	// Vocabulary says which tokens of the training text become the vocabulary; the zero value
	// takes all. A text.BPE learns up to Size tokens, all of which are the vocabulary.
	Vocabulary text.VocabularyOptions
	// Objective is Windows or Stream.
	Objective Objective
	// BatchSize is the number of windows, or of lanes, in a step.
	BatchSize int
	// Epochs is how often the text is read. Steps, if positive, is the number of training steps
	// instead.
	Epochs, Steps int
	// Optimizer is "adam" (also ""), "adamw", "sgd" or "rmsprop", with the constants of PyTorch.
	Optimizer string
	// LearningRate is the highest learning rate of the schedule.
	LearningRate float64
	// WeightDecay is AdamW's, applied to matrices only; 0 is PyTorch's 0.01.
	WeightDecay float64
	// RMSDecay is how much of its running mean of squares rmsprop keeps at each step; 0 is PyTorch's 0.99.
	RMSDecay float64
	// Schedule changes the learning rate: "constant" (also ""), "cosine", "step" or "plateau"; see Schedules. ScheduleOptions has
	// its numbers.
	Schedule        string
	ScheduleOptions ScheduleOptions
	// Clip, if positive, limits the global L2 norm of the gradient. ClipValue, if positive, limits each of its values, before that.
	Clip, ClipValue float64
	// SkipNotFinite passes over a step whose loss or gradient is not finite, and changes nothing in it, instead of stopping.
	SkipNotFinite bool
	// Dropout zeroes embeddings and outputs in training; between layers it is Model.Dropout.
	Dropout Dropout
	// Initial is where the weights start, unless From has them.
	Initial network.InitialWeights
	// Valid and Test are the shares of the tokens, at the end of the text, that are never trained
	// on; with a text.BPE, of the characters. Valid is evaluated after every epoch, and every ValidateEvery steps, if that is positive.
	Valid, Test   float64
	ValidateEvery int
	// KeepBest makes the finished model the one with the lowest validation loss of the run, instead of that of the last step. It needs
	// Directory, where a checkpoint of it is kept beside the newest ones.
	KeepBest bool
	// Patience, if positive, ends the run after that many epochs in a row without a validation loss below the lowest so far.
	Patience int
	// Samples are texts that are generated while the model trains.
	Samples SampleOptions
	// InOrder takes the windows in the order of the text, instead of shuffling them each epoch.
	InOrder bool
	// Seed selects the initial weights, the order of the windows and the dropout.
	Seed uint64
	// Backend names the engine, as for backend.Open; "" is "auto".
	Backend string
	// Directory receives the model, its history, receipt and checkpoints. "": nothing is written.
	Directory string
	// Resume goes on from the newest valid checkpoint in Directory, or starts there if it has none.
	Resume bool
	// AllowChangedText lets a run resume on another text than it was started on.
	AllowChangedText bool
	// From is a model directory whose tokenizer, vocabulary and weights the run starts from.
	From string
	// CheckpointEvery, if positive, saves a checkpoint every so many steps. An interrupted run
	// saves one in any case.
	CheckpointEvery int
	// LogEvery, if positive, writes a line to the history every so many steps.
	LogEvery int
	// Name is what hooks call the run; "" is the cell's name.
	Name string
	// Corpus is the name of the text in the receipt; "" leaves it out.
	Corpus string
	// Hooks are told how the run goes.
	Hooks []Hook `json:"-"`
	// Warn receives a line for each thing that was mended or passed over; nil drops them.
	Warn func(message string) `json:"-"`
}

// Validate reports every problem of the configuration in one error. It does not look at Model's
// VocabularySize, which training finds out.
func (c Config) Validate() error {
	var problems []error
	positive := func(name string, value int) {
		if value < 1 || value > network.MaximumSize {
			problems = append(problems, fmt.Errorf("%s is %d; it must be from 1 to %d", name, value, network.MaximumSize))
		}
	}
	share := func(name string, value float64) {
		if !(value >= 0 && value < 1) {
			problems = append(problems, fmt.Errorf("%s is %v; it must be at least 0 and below 1", name, value))
		}
	}
	notNegative := func(name string, value float64) {
		if !(value >= 0 && value < 1e30) {
			problems = append(problems, fmt.Errorf("%s is %v; it must be 0 or more, and finite", name, value))
		}
	}
	if c.From == "" || c.Model != (network.Config{}) {
		model := c.Model
		model.VocabularySize = 1
		if err := model.Validate(); err != nil {
			problems = append(problems, err)
		}
	}
	if err := c.encodeOptions().Validate(); err != nil && c.From == "" {
		problems = append(problems, err)
	}
	if c.Objective == nil {
		problems = append(problems, fmt.Errorf("no objective is given; use Windows or Stream"))
	} else if err := c.Objective.validate(); err != nil {
		problems = append(problems, err)
	}
	positive("batch size", c.BatchSize)
	switch {
	case c.Steps == 0:
		positive("epochs", c.Epochs)
	case c.Steps < 0:
		problems = append(problems, fmt.Errorf("steps is %d; it must be 1 or more", c.Steps))
	}
	if !(c.LearningRate > 0 && c.LearningRate < 1e6) {
		problems = append(problems, fmt.Errorf("learning rate is %v; it must be above 0 and below 1,000,000", c.LearningRate))
	}
	notNegative("clip", c.Clip)
	notNegative("clip value", c.ClipValue)
	share("the decay of rmsprop", c.RMSDecay)
	notNegative("weight decay", c.WeightDecay)
	share("valid", c.Valid)
	share("test", c.Test)
	if c.Valid+c.Test >= 1 {
		problems = append(problems, fmt.Errorf("valid %v and test %v leave nothing to train on", c.Valid, c.Test))
	}
	notNegative("checkpoint every", float64(c.CheckpointEvery))
	notNegative("log every", float64(c.LogEvery))
	notNegative("validate every", float64(c.ValidateEvery))
	notNegative("patience", float64(c.Patience))
	for _, more := range [][]error{c.ScheduleOptions.problems(), c.Dropout.problems(), c.Samples.problems(), c.needsProblems(), c.namesProblems()} {
		problems = append(problems, more...)
	}
	return oneline.Join(problems)
}

// needsProblems checks what one setting needs of another.
func (c Config) needsProblems() []error {
	var problems []error
	if c.From == "" {
		problems = c.Initial.Problems(c.Model.Cell)
	} else if c.Initial != (network.InitialWeights{}) {
		problems = append(problems, fmt.Errorf("initial weights are asked for, but they come from %s; leave one of the two out", c.From))
	}
	for _, follower := range []struct {
		name  string
		asked bool
	}{
		{"schedule plateau", c.Schedule == "plateau"}, {"validating every so many steps", c.ValidateEvery > 0},
		{"keeping the best weights", c.KeepBest}, {"patience", c.Patience > 0},
	} {
		if follower.asked && c.Valid == 0 {
			problems = append(problems, fmt.Errorf("%s needs a validation loss; set valid above 0", follower.name))
		}
	}
	for _, writer := range []struct {
		name  string
		asked bool
	}{{"resuming", c.Resume}, {"keeping the best weights", c.KeepBest}} {
		if writer.asked && c.Directory == "" {
			problems = append(problems, fmt.Errorf("%s needs a directory", writer.name))
		}
	}
	return problems
}

// namesProblems checks the values that are names.
func (c Config) namesProblems() []error {
	var problems []error
	if !slices.Contains(Optimizers, c.Optimizer) && c.Optimizer != "" {
		problems = append(problems, fmt.Errorf("optimizer is %q; it must be %s", c.Optimizer, strings.Join(Optimizers, ", ")))
	}
	if !slices.Contains(Schedules, c.Schedule) && c.Schedule != "" {
		problems = append(problems, fmt.Errorf("schedule is %q; it must be %s", c.Schedule, strings.Join(Schedules, ", ")))
	}
	return problems
}

// withDefaults fills in what the zero values stand for.
func (c Config) withDefaults() Config {
	if c.Tokenizer == nil {
		c.Tokenizer = text.Words{Lowercase: true}
	}
	if c.Optimizer == "" {
		c.Optimizer = "adam"
	}
	if c.Schedule == "" {
		c.Schedule = "constant"
	}
	if c.Optimizer == "adamw" && c.WeightDecay == 0 {
		c.WeightDecay = 0.01
	}
	if c.Optimizer == "rmsprop" && c.RMSDecay == 0 {
		c.RMSDecay = 0.99
	}
	if c.Samples.Length == 0 {
		c.Samples.Length = 50
	}
	if c.Name == "" {
		c.Name = c.Model.Cell.String()
	}
	if c.Warn == nil {
		c.Warn = func(string) {}
	}
	if w, ok := c.Objective.(Windows); ok {
		c.Model.Context = w.Length
	}
	return c
}
