package main

import (
	"github.com/spf13/pflag"

	"owlm/lmkit"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// trainConfig is the library's configuration for the flags. A recipe, a run that is resumed or a model that is started from
// has values already: only flags that were typed change those.
func (g *trainFlags) trainConfig(f *pflag.FlagSet) (train.Config, error) {
	if g.config.Resume {
		if config, err := train.ReadRun(g.out); err == nil {
			return config, g.change(f, &config, f.Changed, f.Changed)
		}
	}
	if g.recipe.value != "" {
		recipe, err := train.FindRecipe(g.recipe.value)
		if err != nil {
			return train.Config{}, err
		}
		config := recipe.Config
		config.Samples = g.config.Samples // no recipe has any
		return config, g.change(f, &config, f.Changed, f.Changed)
	}
	config := train.Config{Resume: g.config.Resume, From: g.from}
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
func (g *trainFlags) change(f *pflag.FlagSet, config *train.Config, structure, rest func(name string) bool) error {
	if err := g.changeModel(f, config, structure); err != nil {
		return err
	}
	g.changeLearning(config, rest)
	given := g.config
	set(rest, "valid", &config.Valid, given.Valid)
	set(rest, "test", &config.Test, given.Test)
	set(rest, "validate-every", &config.ValidateEvery, given.ValidateEvery)
	set(rest, "keep-best", &config.KeepBest, given.KeepBest)
	set(rest, "patience", &config.Patience, given.Patience)
	set(rest, "sample-every", &config.Samples.Every, given.Samples.Every)
	set(rest, "sample-prompt", &config.Samples.Prompt, given.Samples.Prompt)
	set(rest, "sample-length", &config.Samples.Length, given.Samples.Length)
	set(rest, "sample-temperature", &config.Samples.Temperature, given.Samples.Temperature)
	set(rest, "seed", &config.Seed, given.Seed)
	set(rest, "checkpoint-every", &config.CheckpointEvery, given.CheckpointEvery)
	set(rest, "log-every", &config.LogEvery, given.LogEvery)
	set(rest, "min-count", &config.Vocabulary.MinCount, g.tokens.options.MinCount)
	set(rest, "vocabulary", &config.Vocabulary.Size, g.tokens.options.Size)
	withUnknown(config)
	return nil
}

// withUnknown gives the vocabulary <unk> where it is needed: for words that only the held-out text has, or that were dropped.
// Byte-pair encoding covers any text.
func withUnknown(config *train.Config) {
	v := config.Vocabulary
	if text.Kind(config.Tokenizer) == "bpe" {
		return
	}
	if config.Valid > 0 || config.Test > 0 || v.MinCount > 0 || v.Size > 0 {
		config.Vocabulary.Unknown = "<unk>"
	}
}

func (g *trainFlags) changeModel(f *pflag.FlagSet, config *train.Config, accept func(name string) bool) (err error) {
	if accept("cell") {
		if config.Model.Cell, err = rnn.ParseCell(g.cell.value); err != nil {
			return err
		}
	}
	if config.Tokenizer, err = g.tokens.tokenizer(f, config.Tokenizer, accept); err != nil {
		return err
	}
	set(accept, "embedding", &config.Model.EmbeddingSize, g.model.EmbeddingSize)
	set(accept, "hidden", &config.Model.HiddenSize, g.model.HiddenSize)
	set(accept, "layers", &config.Model.Layers, g.model.Layers)
	set(accept, "dropout", &config.Model.Dropout, g.model.Dropout)
	set(accept, "tie", &config.Model.TieWeights, g.model.TieWeights)
	set(accept, "reset-after", &config.Model.ResetBefore, !g.resetAfter)
	return nil
}

func (g *trainFlags) changeLearning(config *train.Config, accept func(name string) bool) {
	given := g.config
	if accept("objective") || accept("sequence") {
		config.Objective = g.changedObjective(config.Objective, accept)
	}
	set(accept, "batch", &config.BatchSize, given.BatchSize)
	set(accept, "epochs", &config.Epochs, given.Epochs)
	set(accept, "steps", &config.Steps, given.Steps)
	set(accept, "shuffle", &config.InOrder, !g.shuffle)
	set(accept, "optimizer", &config.Optimizer, g.optimizer.value)
	set(accept, "weight-decay", &config.WeightDecay, given.WeightDecay)
	set(accept, "rms-decay", &config.RMSDecay, given.RMSDecay)
	set(accept, "learning-rate", &config.LearningRate, given.LearningRate)
	set(accept, "schedule", &config.Schedule, g.schedule.value)
	options := &config.ScheduleOptions
	set(accept, "warmup-steps", &options.WarmupSteps, given.ScheduleOptions.WarmupSteps)
	set(accept, "constant-epochs", &options.ConstantEpochs, given.ScheduleOptions.ConstantEpochs)
	set(accept, "divisor", &options.Divisor, given.ScheduleOptions.Divisor)
	set(accept, "plateau-patience", &options.Patience, given.ScheduleOptions.Patience)
	set(accept, "plateau-threshold", &options.Threshold, given.ScheduleOptions.Threshold)
	set(accept, "clip", &config.Clip, given.Clip)
	set(accept, "clip-value", &config.ClipValue, given.ClipValue)
	set(accept, "skip-not-finite", &config.SkipNotFinite, given.SkipNotFinite)
	set(accept, "dropout-embedding", &config.Dropout.Embeddings, given.Dropout.Embeddings)
	set(accept, "dropout-output", &config.Dropout.Outputs, given.Dropout.Outputs)
	set(accept, "locked-dropout", &config.Dropout.Locked, given.Dropout.Locked)
	set(accept, "initial-range", &config.Initial.Range, given.Initial.Range)
	set(accept, "forget-bias", &config.Initial.ForgetBias, given.Initial.ForgetBias)
}

// changedObjective is the objective that was typed; where only its length or only its name was, the other stays.
func (g *trainFlags) changedObjective(before train.Objective, accept func(name string) bool) train.Objective {
	name, length := g.objective.value, g.sequence
	was, had := "windows", 0
	switch o := before.(type) {
	case train.Windows:
		had = o.Length
	case train.Stream:
		was, had = "stream", o.Length
	}
	if before != nil && !accept("objective") {
		name = was
	}
	if before != nil && !accept("sequence") {
		length = had
	}
	if name == "stream" {
		return train.Stream{Length: length}
	}
	return train.Windows{Length: length}
}

// set assigns a flag's value if accept accepts the flag.
func set[T any](accept func(name string) bool, name string, target *T, value T) {
	if accept(name) {
		*target = value
	}
}
