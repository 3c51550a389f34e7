package train

import (
	"owlm/internal/oneline"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/text"
)

// Config describes a training run. Model, Objective, BatchSize, LearningRate and either Epochs or Steps must be set.
// Every other field has a useful zero value.
type Config struct {
	// Model is the structure of the model. Run takes VocabularySize from the text and Context from Objective. With
	// From, a zero Model stands for the structure of that model.
	Model network.Config
	// Tokenizer splits the text; nil stands for text.Words{Lowercase: true}. A text.BPE that has not learned its merges
	// learns them from the training part of the text, and the model gets the tokenizer that has learned.
	Tokenizer text.Tokenizer
	// Vocabulary selects tokens of the training part for the vocabulary. The zero value keeps them all. A text.BPE
	// learns up to Size tokens and keeps all that it has learned.
	Vocabulary text.VocabularyOptions
	// Objective is Windows or Stream.
	Objective Objective
	// BatchSize is the number of windows, or of lanes of the stream, in one step.
	BatchSize int
	// Epochs is the number of passes over the training part. Steps, if positive, sets the number of training steps
	// instead.
	Epochs, Steps int
	// Optimizer is one of Optimizers, with PyTorch's constants; "" stands for "adam".
	Optimizer string
	// LearningRate is the highest learning rate of the schedule.
	LearningRate float64
	// WeightDecay is the decay of adamw, which applies to matrices only; 0 stands for PyTorch's 0.01.
	WeightDecay float64
	// RMSDecay is the share of its running mean of squares that rmsprop keeps at each step; 0 stands for PyTorch's
	// 0.99.
	RMSDecay float64
	// Schedule is one of Schedules and changes the learning rate during the run; "" stands for "constant".
	// ScheduleOptions holds its numbers.
	Schedule        string
	ScheduleOptions ScheduleOptions
	// Clip, if positive, limits the global L2 norm of the gradient. ClipValue, if positive, first limits each value of
	// the gradient.
	Clip, ClipValue float64
	// SkipNotFinite skips a step whose loss or gradient is not finite, without changing anything, instead of stopping.
	SkipNotFinite bool
	// Dropout zeroes embeddings and outputs during training. Dropout between layers is Model.Dropout.
	Dropout Dropout
	// Initial describes the initial weights of a new model.
	Initial network.InitialWeights
	// Valid and Test are the shares of the text, at its end, that are held out for validation and testing. They are
	// shares of the tokens; with a text.BPE, of the characters; for a text in documents, of the documents.
	Valid, Test float64
	// ValidateEvery, if positive, validates after every so many steps. Validation always takes place after each epoch.
	ValidateEvery int
	// KeepBest gives the finished model the weights with the lowest validation loss instead of those of the last step.
	// It needs a Directory, where the checkpoint with these weights is kept besides the newest ones.
	KeepBest bool
	// Patience, if positive, ends the run after so many epochs in a row without a new lowest validation loss.
	Patience int
	// Samples are texts that the model generates while it trains.
	Samples SampleOptions
	// InOrder takes the windows in the order of the text instead of shuffling them in each epoch.
	InOrder bool
	// Seed determines the initial weights, the order of the windows and the dropout.
	Seed uint64
	// Backend names the engine, as for backend.Open; "" stands for "auto".
	Backend string
	// Directory is where the model, its history, receipt and checkpoints are written; "" writes nothing.
	Directory string
	// Resume continues the run in Directory from its newest valid checkpoint. If there is no run yet, it starts one.
	Resume bool
	// AllowChangedText lets a run resume although its text has changed.
	AllowChangedText bool
	// From is a model directory that provides the structure, the tokenizer, the vocabulary and the initial weights.
	From string
	// CheckpointEvery, if positive, saves a checkpoint after every so many steps. An interrupted run always saves one.
	CheckpointEvery int
	// LogEvery, if positive, adds a line to the history after every so many steps.
	LogEvery int
	// Name is what hooks call the run; "" stands for the name of the cell.
	Name string
	// TextName is the name of the text in run.json and in the receipt; "" stands for the name of the source.
	TextName string
	// Hooks follow the run.
	Hooks []Hook `json:"-"`
	// Warn receives a line about each thing that was repaired, changed or skipped. If it is nil, a cell of a notebook
	// prints them, and any other program drops them.
	Warn func(message string) `json:"-"`
}

// Validate reports every mistake in the configuration in one error. It ignores Model.VocabularySize, which depends on
// the text.
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
	return oneline.Join(append(p, c.conflicts()...))
}

// conflicts finds settings that need another setting or exclude one.
func (c Config) conflicts() []error {
	var p problems
	if c.From == "" {
		p = c.Initial.Problems(c.Model.Cell)
	} else if c.Initial != (network.InitialWeights{}) {
		p.add("initial weights cannot be chosen, because they come from %s; leave out one of the two", c.From)
	}
	if c.Valid == 0 {
		for _, setting := range []struct {
			name string
			used bool
		}{
			{"schedule plateau", c.Schedule == "plateau"}, {"validating every so many steps", c.ValidateEvery > 0},
			{"keeping the best weights", c.KeepBest}, {"patience", c.Patience > 0},
		} {
			if setting.used {
				p.add("%s needs a validation loss; set valid above 0", setting.name)
			}
		}
	}
	if c.Directory == "" && c.Resume {
		p.add("resuming needs a directory")
	}
	if c.Directory == "" && c.KeepBest {
		p.add("keeping the best weights needs a directory")
	}
	return p
}

// withDefaults replaces zero values by what they stand for.
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
		c.Warn = printInCell
	}
	c.Model.Context = contextOf(c.Objective)
	return c
}

// hookEpochs returns the number of epochs that hooks receive: 0 if the length of the run is given in steps.
func (c Config) hookEpochs() int {
	if c.Steps > 0 {
		return 0
	}
	return c.Epochs
}

// step returns the part of the configuration that a training step depends on.
func (c Config) step() StepConfig {
	return StepConfig{
		Objective: c.Objective, BatchSize: c.BatchSize, Optimizer: c.Optimizer, LearningRate: c.LearningRate,
		WeightDecay: c.WeightDecay, RMSDecay: c.RMSDecay, Clip: c.Clip, ClipValue: c.ClipValue,
		SkipNotFinite: c.SkipNotFinite, Dropout: c.Dropout,
	}
}

// encodeOptions returns the part of the configuration that turns the text into token ids.
func (c Config) encodeOptions() dataset.Options {
	return dataset.Options{
		Tokenizer: c.Tokenizer, Valid: c.Valid, Test: c.Test, VocabularyOptions: c.Vocabulary, Warn: c.Warn,
	}
}
