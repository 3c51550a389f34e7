package train

import (
	"fmt"

	"owlm/internal/oneline"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/text"
)

// Config says how a model is trained. Sizes, BatchSize, LearningRate and either Epochs or Steps must be given; the rest has a useful zero.
type Config struct {
	// Model is the structure; VocabularySize comes from the text, and Context from the objective. With From set, the zero Config takes that
	// model's structure.
	Model network.Config
	// Tokenizer splits the text; nil is text.Words{Lowercase: true}. A text.BPE{} learns its merges from the training text, or has learned
	// them already; the model has the one that did.
	Tokenizer text.Tokenizer
	// Vocabulary says which tokens of the training text become the vocabulary; the zero value takes all. A text.BPE learns up to Size
	// tokens, all of which are the vocabulary.
	Vocabulary text.VocabularyOptions
	// Objective is Windows or Stream.
	Objective Objective
	// BatchSize is the number of windows, or of lanes, in a step.
	BatchSize int
	// Epochs is how often the text is read. Steps, if positive, is the number of training steps instead.
	Epochs, Steps int
	// Optimizer is "adam" (also ""), "adamw", "sgd" or "rmsprop", with the constants of PyTorch.
	Optimizer string
	// LearningRate is the highest learning rate of the schedule.
	LearningRate float64
	// WeightDecay is AdamW's, applied to matrices only; 0 is PyTorch's 0.01.
	WeightDecay float64
	// RMSDecay is how much of its running mean of squares rmsprop keeps at each step; 0 is PyTorch's 0.99.
	RMSDecay float64
	// Schedule changes the learning rate: "constant" (also ""), "cosine", "step" or "plateau"; see Schedules. ScheduleOptions has its
	// numbers.
	Schedule        string
	ScheduleOptions ScheduleOptions
	// Clip, if positive, limits the global L2 norm of the gradient. ClipValue, if positive, limits each of its values, before that.
	Clip, ClipValue float64
	// SkipNotFinite skips a step whose loss or gradient is not finite, and changes nothing in it, instead of stopping.
	SkipNotFinite bool
	// Dropout zeroes embeddings and outputs in training; between layers it is Model.Dropout.
	Dropout Dropout
	// Initial is where the weights start, unless From has them.
	Initial network.InitialWeights
	// Valid and Test are the shares of the tokens, at the end of the text, that are never trained on; with a text.BPE, of the characters,
	// and of documents that are kept apart, of the documents. Valid is evaluated after every epoch, and every ValidateEvery steps, if that
	// is positive.
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
	// CheckpointEvery, if positive, saves a checkpoint every so many steps. An interrupted run saves one in any case.
	CheckpointEvery int
	// LogEvery, if positive, writes a line to the history every so many steps.
	LogEvery int
	// Name is what hooks call the run; "" is the cell's name.
	Name string
	// TextName is the name of the text in run.json and in the receipt; "" is that of the source.
	TextName string
	// Hooks follow the run.
	Hooks []Hook `json:"-"`
	// Warn receives a line for each thing that was repaired or passed over; nil drops them.
	Warn func(message string) `json:"-"`
}

// Validate reports every problem of the configuration in one error. It does not look at Model's VocabularySize, which training finds out.
func (c Config) Validate() error {
	var p problems
	if c.From == "" || c.Model != (network.Config{}) {
		model := c.Model
		model.VocabularySize = 1
		if err := model.Validate(); err != nil {
			p = append(p, err)
		}
	}
	if err := c.encodeOptions().Validate(); err != nil && c.From == "" {
		p = append(p, err)
	}
	p = append(p, c.step().problems()...)
	switch {
	case c.Steps == 0:
		p.positive("epochs", c.Epochs)
	case c.Steps < 0:
		p.add("steps is %d; it must be 1 or more", c.Steps)
	}
	p.share("valid", c.Valid)
	p.share("test", c.Test)
	if c.Valid+c.Test >= 1 {
		p.add("valid %v and test %v leave nothing to train on", c.Valid, c.Test)
	}
	p.notNegative("checkpoint every", float64(c.CheckpointEvery))
	p.notNegative("log every", float64(c.LogEvery))
	p.notNegative("validate every", float64(c.ValidateEvery))
	p.notNegative("patience", float64(c.Patience))
	p.oneOf("schedule", c.Schedule, Schedules)
	p = append(p, c.ScheduleOptions.problems()...)
	p = append(p, c.Samples.problems()...)
	return oneline.Join(append(p, c.needs()...))
}

// needs checks what one setting needs of another.
func (c Config) needs() []error {
	var p problems
	if c.From == "" {
		p = c.Initial.Problems(c.Model.Cell)
	} else if c.Initial != (network.InitialWeights{}) {
		p.add("initial weights are asked for, but they come from %s; leave one of the two out", c.From)
	}
	for _, follower := range []struct {
		name  string
		asked bool
	}{
		{"schedule plateau", c.Schedule == "plateau"}, {"validating every so many steps", c.ValidateEvery > 0},
		{"keeping the best weights", c.KeepBest}, {"patience", c.Patience > 0},
	} {
		if follower.asked && c.Valid == 0 {
			p.add("%s needs a validation loss; set valid above 0", follower.name)
		}
	}
	for _, writer := range []struct {
		name  string
		asked bool
	}{{"resuming", c.Resume}, {"keeping the best weights", c.KeepBest}} {
		if writer.asked && c.Directory == "" {
			p.add("%s needs a directory", writer.name)
		}
	}
	return p
}

// withDefaults fills in what the zero values stand for.
func (c Config) withDefaults() Config {
	if c.Tokenizer == nil {
		c.Tokenizer = text.Words{Lowercase: true}
	}
	s := c.step().withDefaults()
	c.Optimizer, c.WeightDecay, c.RMSDecay = s.Optimizer, s.WeightDecay, s.RMSDecay
	if c.Schedule == "" {
		c.Schedule = "constant"
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
	c.Model.Context = contextOf(c.Objective)
	return c
}

// epochsShown returns the number of epochs for hooks; 0 if the run is counted in steps.
func (c Config) epochsShown() int {
	if c.Steps > 0 {
		return 0
	}
	return c.Epochs
}

// objective returns the name and the length of the objective, as settings have them.
func (c Config) objective() (name string, length int) {
	switch o := c.Objective.(type) {
	case Windows:
		return "windows", o.Length
	case Stream:
		return "stream", o.Length
	}
	return "windows", 0
}

func (c *Config) setObjective(name string, length int) error {
	switch name {
	case "windows":
		c.Objective = Windows{Length: length}
	case "stream":
		c.Objective = Stream{Length: length}
	default:
		return fmt.Errorf("objective is %q; it must be windows or stream", name)
	}
	return nil
}

// step returns what a training step obeys.
func (c Config) step() StepConfig {
	return StepConfig{
		Objective: c.Objective, BatchSize: c.BatchSize, Optimizer: c.Optimizer, LearningRate: c.LearningRate, WeightDecay: c.WeightDecay,
		RMSDecay: c.RMSDecay, Clip: c.Clip, ClipValue: c.ClipValue, SkipNotFinite: c.SkipNotFinite, Dropout: c.Dropout,
	}
}

// encodeOptions say how the text of a run becomes ids.
func (c Config) encodeOptions() dataset.Options {
	return dataset.Options{Tokenizer: c.Tokenizer, Valid: c.Valid, Test: c.Test, VocabularyOptions: c.Vocabulary, Warn: c.Warn}
}
