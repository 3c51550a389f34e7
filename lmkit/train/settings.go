package train

import (
	"fmt"

	"owlm/lmkit/text"
)

// Setting is one of the values of a Config that belong to a run: run.json and the receipt have them, a resumed run compares them, and the
// command line has a flag for most.
type Setting struct {
	// Key is its name in run.json. What comes before a dot is the object that it is in.
	Key string
	// Flag and Usage are the name of its flag, and what that is for; "" if it has none.
	Flag, Usage string
	// Fixed says that a resumed run must not change it.
	Fixed bool
	// Structure says that it belongs to the model or its tokens, which a run with From takes from there.
	Structure bool
	// Of returns the value in a configuration, to read and to set.
	Of func(c *Config) Value
}

const (
	fixed     = true
	free      = false
	structure = true
	other     = false
)

// Settings are all settings, in the order in which the command line shows them.
var Settings = []Setting{
	{"tokenizer", "", "", fixed, structure, func(c *Config) Value { return tokenizerValue{c} }},
	{"unknown", "", "", fixed, structure, func(c *Config) Value { return of(&c.Vocabulary.Unknown) }},
	{"min_count", "min-count", "tokens that occur less often become <unk>; not for bpe", fixed, other,
		func(c *Config) Value { return of(&c.Vocabulary.MinCount) }},
	{"vocabulary", "vocabulary", fmt.Sprintf("size of the vocabulary, <unk> included; 0: all tokens, and %d for bpe to learn",
		text.DefaultVocabularySize), fixed, other, func(c *Config) Value { return of(&c.Vocabulary.Size) }},
	{"cell", "cell", "recurrence", fixed, structure, func(c *Config) Value { return cellValue{&c.Model.Cell} }},
	{"embedding_size", "embedding", "length of a token's vector", fixed, structure,
		func(c *Config) Value { return of(&c.Model.EmbeddingSize) }},
	{"hidden_size", "hidden", "length of a layer's hidden state", fixed, structure,
		func(c *Config) Value { return of(&c.Model.HiddenSize) }},
	{"layers", "layers", "number of layers", fixed, structure, func(c *Config) Value { return of(&c.Model.Layers) }},
	{"tie_weights", "tie", "share the embedding with the output layer", fixed, structure,
		func(c *Config) Value { return of(&c.Model.TieWeights) }},
	{"reset_before", "reset-after", "gru: apply the reset gate after the product, as PyTorch does", fixed, structure,
		func(c *Config) Value { return inverted{&c.Model.ResetBefore} }},
	{"initial_weights.range", "initial-range", "draw all initial weights from ± this; 0: PyTorch's distributions", fixed, other,
		func(c *Config) Value { return of(&c.Initial.Range) }},
	{"initial_weights.forget_bias", "forget-bias", "lstm: what the bias of the forget gates starts with; 0: as the others", fixed, other,
		func(c *Config) Value { return of(&c.Initial.ForgetBias) }},
	{"dropout", "dropout", "probability of zeroing a value between layers, in training", fixed, structure,
		func(c *Config) Value { return of(&c.Model.Dropout) }},
	{"dropouts.embeddings", "dropout-embedding", "probability of zeroing a value of an embedding, in training", fixed, other,
		func(c *Config) Value { return of(&c.Dropout.Embeddings) }},
	{"dropouts.outputs", "dropout-output", "probability of zeroing a value of the top layer, in training", fixed, other,
		func(c *Config) Value { return of(&c.Dropout.Outputs) }},
	{"dropouts.locked", "locked-dropout", "zero the same values at every time step of a sequence", fixed, other,
		func(c *Config) Value { return of(&c.Dropout.Locked) }},
	{"objective", "objective", "windows: the last token of windows from a zero state; stream: every token, the state carried", fixed, other,
		func(c *Config) Value { return objectiveValue{c} }},
	{"sequence", "sequence", "tokens of a window, or of a stretch of the stream", fixed, other,
		func(c *Config) Value { return sequenceValue{c} }},
	{"batch", "batch", "windows, or lanes of the stream, in a step", fixed, other, func(c *Config) Value { return of(&c.BatchSize) }},
	{"epochs", "epochs", "how often the text is read", free, other, func(c *Config) Value { return of(&c.Epochs) }},
	{"steps", "steps", "number of training steps, instead of epochs", free, other, func(c *Config) Value { return of(&c.Steps) }},
	{"in_order", "shuffle", "take the windows in random order", fixed, other, func(c *Config) Value { return inverted{&c.InOrder} }},
	{"optimizer", "optimizer", "how gradients change the weights", fixed, other,
		func(c *Config) Value { return choice{&c.Optimizer, Optimizers} }},
	{"weight_decay", "weight-decay", "adamw: decay of matrices; 0 is PyTorch's 0.01", free, other,
		func(c *Config) Value { return of(&c.WeightDecay) }},
	{"rms_decay", "rms-decay", "rmsprop: share of the mean of squares that stays; 0 is PyTorch's 0.99", free, other,
		func(c *Config) Value { return of(&c.RMSDecay) }},
	{"learning_rate", "learning-rate", "highest learning rate", free, other, func(c *Config) Value { return of(&c.LearningRate) }},
	{"schedule", "schedule", "how the learning rate changes", free, other, func(c *Config) Value { return choice{&c.Schedule, Schedules} }},
	{"schedule_options.warmup_steps", "warmup-steps", "let the learning rate rise over the first steps", free, other,
		func(c *Config) Value { return of(&c.ScheduleOptions.WarmupSteps) }},
	{"schedule_options.constant_epochs", "constant-epochs",
		"step: divide after every epoch from this one on; 0: after a half and three quarters of the run", free, other,
		func(c *Config) Value { return of(&c.ScheduleOptions.ConstantEpochs) }},
	{"schedule_options.divisor", "divisor", "step, plateau: what the learning rate is divided by; 0: 10, 4", free, other,
		func(c *Config) Value { return of(&c.ScheduleOptions.Divisor) }},
	{"schedule_options.patience", "plateau-patience", "plateau: epochs in a row without a better validation loss before dividing", free,
		other, func(c *Config) Value { return of(&c.ScheduleOptions.Patience) }},
	{"schedule_options.threshold", "plateau-threshold", "plateau: nats by which a validation loss must be lower to count as better", free,
		other, func(c *Config) Value { return of(&c.ScheduleOptions.Threshold) }},
	{"clip", "clip", "limit of the gradient's norm; 0 is none", free, other, func(c *Config) Value { return of(&c.Clip) }},
	{"clip_value", "clip-value", "limit of each value of the gradient; 0 is none", free, other,
		func(c *Config) Value { return of(&c.ClipValue) }},
	{"skip_not_finite", "skip-not-finite", "skip steps whose loss or gradient is not finite, instead of stopping", free, other,
		func(c *Config) Value { return of(&c.SkipNotFinite) }},
	{"valid", "valid", "share of the text, at its end, to validate on after every epoch", fixed, other,
		func(c *Config) Value { return of(&c.Valid) }},
	{"test", "test", "share of the text, at its very end, to test the finished model on", fixed, other,
		func(c *Config) Value { return of(&c.Test) }},
	{"validate_every", "validate-every", "validate every so many steps, too", free, other,
		func(c *Config) Value { return of(&c.ValidateEvery) }},
	{"keep_best", "keep-best", "the model gets the weights with the lowest validation loss, not the last ones", free, other,
		func(c *Config) Value { return of(&c.KeepBest) }},
	{"patience", "patience", "stop after this many epochs without a lower validation loss; 0: never", free, other,
		func(c *Config) Value { return of(&c.Patience) }},
	{"samples.every", "sample-every", "generate a text every so many steps, for the history and to show", free, other,
		func(c *Config) Value { return of(&c.Samples.Every) }},
	{"samples.prompt", "sample-prompt", "what that text continues", free, other, func(c *Config) Value { return of(&c.Samples.Prompt) }},
	{"samples.length", "sample-length", "number of its new tokens", free, other, func(c *Config) Value { return of(&c.Samples.Length) }},
	{"samples.temperature", "sample-temperature", "its temperature", free, other,
		func(c *Config) Value { return of(&c.Samples.Temperature) }},
	{"seed", "seed", "seed of the weights, the order and the dropout", fixed, other, func(c *Config) Value { return of(&c.Seed) }},
	{"from", "from", "start from the model in this directory", fixed, other, func(c *Config) Value { return of(&c.From) }},
	{"checkpoint_every", "checkpoint-every", "save a checkpoint every so many steps; 0: when interrupted", free, other,
		func(c *Config) Value { return of(&c.CheckpointEvery) }},
	{"log_every", "log-every", "write a line of history every so many steps; 0: every epoch", free, other,
		func(c *Config) Value { return of(&c.LogEvery) }},
	{"corpus", "", "", free, other, func(c *Config) Value { return of(&c.TextName) }},
}
