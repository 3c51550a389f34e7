package train

import (
	"fmt"

	"owlm/lmkit/text"
)

// Setting is a value of a Config that describes a run. run.json and the receipt record it, Run compares it when a run
// is resumed, and the lmkit command has a flag for most of them.
type Setting struct {
	// Key is the name in run.json. A part before a dot names the object that holds the value.
	Key string
	// Flag and Usage are the name of the flag and its help text; both are "" if there is no flag.
	Flag, Usage string
	// Fixed reports whether a resumed run must keep the value.
	Fixed bool
	// Structure reports whether the value belongs to the model or its tokens, so that Config.From determines it.
	Structure bool
	// Of returns the value in a configuration, to read or to set it.
	Of func(c *Config) Value
}

// Settings lists all settings in the order in which the help of lmkit train shows their flags.
var Settings = []Setting{
	{Key: "tokenizer", Fixed: true, Structure: true, Of: func(c *Config) Value { return tokenizerValue{c} }},
	{Key: "unknown", Fixed: true, Structure: true, Of: func(c *Config) Value { return of(&c.Vocabulary.Unknown) }},
	{Key: "min_count", Fixed: true, Of: func(c *Config) Value { return of(&c.Vocabulary.MinCount) },
		Flag: "min-count", Usage: "replace tokens that occur less often than this with <unk>; not for bpe"},
	{Key: "vocabulary", Fixed: true, Of: func(c *Config) Value { return of(&c.Vocabulary.Size) },
		Flag: "vocabulary", Usage: fmt.Sprintf("size of the vocabulary, <unk> included; 0: all tokens, or %d for bpe",
			text.DefaultVocabularySize)},
	{Key: "cell", Fixed: true, Structure: true, Of: func(c *Config) Value { return cellValue{&c.Model.Cell} },
		Flag: "cell", Usage: "kind of recurrence"},
	{Key: "embedding_size", Fixed: true, Structure: true,
		Of:   func(c *Config) Value { return of(&c.Model.EmbeddingSize) },
		Flag: "embedding", Usage: "length of a token's vector"},
	{Key: "hidden_size", Fixed: true, Structure: true, Of: func(c *Config) Value { return of(&c.Model.HiddenSize) },
		Flag: "hidden", Usage: "length of each layer's hidden state"},
	{Key: "layers", Fixed: true, Structure: true, Of: func(c *Config) Value { return of(&c.Model.Layers) },
		Flag: "layers", Usage: "number of recurrent layers"},
	{Key: "tie_weights", Fixed: true, Structure: true, Of: func(c *Config) Value { return of(&c.Model.TieWeights) },
		Flag: "tie", Usage: "use the embedding as the weights of the output layer as well"},
	{Key: "reset_before", Fixed: true, Structure: true,
		Of:   func(c *Config) Value { return inverted{&c.Model.ResetBefore} },
		Flag: "reset-after", Usage: "gru: apply the reset gate after the matrix product, as PyTorch does"},
	{Key: "initial_weights.range", Fixed: true, Of: func(c *Config) Value { return of(&c.Initial.Range) },
		Flag: "initial-range", Usage: "draw all initial weights from ± this; 0: PyTorch's distributions"},
	{Key: "initial_weights.forget_bias", Fixed: true, Of: func(c *Config) Value { return of(&c.Initial.ForgetBias) },
		Flag: "forget-bias", Usage: "lstm: initial bias of the forget gates; 0: drawn like the other weights"},
	{Key: "dropout", Fixed: true, Structure: true, Of: func(c *Config) Value { return of(&c.Model.Dropout) },
		Flag: "dropout", Usage: "probability of zeroing a value between layers during training"},
	{Key: "dropouts.embeddings", Fixed: true, Of: func(c *Config) Value { return of(&c.Dropout.Embeddings) },
		Flag: "dropout-embedding", Usage: "probability of zeroing a value of an embedding during training"},
	{Key: "dropouts.outputs", Fixed: true, Of: func(c *Config) Value { return of(&c.Dropout.Outputs) },
		Flag: "dropout-output", Usage: "probability of zeroing a value of the top layer during training"},
	{Key: "dropouts.locked", Fixed: true, Of: func(c *Config) Value { return of(&c.Dropout.Locked) },
		Flag: "locked-dropout", Usage: "zero the same values at every time step of a sequence"},
	{Key: "objective", Fixed: true, Of: func(c *Config) Value { return objectiveValue{c} },
		Flag: "objective", Usage: "windows: predict the token after each window; stream: predict every token"},
	{Key: "sequence", Fixed: true, Of: func(c *Config) Value { return sequenceValue{c} },
		Flag: "sequence", Usage: "tokens in a window, or in one step of the stream"},
	{Key: "batch", Fixed: true, Of: func(c *Config) Value { return of(&c.BatchSize) },
		Flag: "batch", Usage: "windows, or lanes of the stream, in one step"},
	{Key: "epochs", Of: func(c *Config) Value { return of(&c.Epochs) },
		Flag: "epochs", Usage: "number of passes over the text"},
	{Key: "steps", Of: func(c *Config) Value { return of(&c.Steps) },
		Flag: "steps", Usage: "number of training steps, instead of epochs"},
	{Key: "in_order", Fixed: true, Of: func(c *Config) Value { return inverted{&c.InOrder} },
		Flag: "shuffle", Usage: "take the windows in random order"},
	{Key: "optimizer", Fixed: true, Of: func(c *Config) Value { return choice{&c.Optimizer, Optimizers} },
		Flag: "optimizer", Usage: "how the gradient changes the weights"},
	{Key: "weight_decay", Of: func(c *Config) Value { return of(&c.WeightDecay) },
		Flag: "weight-decay", Usage: "adamw: decay of the matrices; 0: PyTorch's 0.01"},
	{Key: "rms_decay", Of: func(c *Config) Value { return of(&c.RMSDecay) },
		Flag: "rms-decay", Usage: "rmsprop: share of the mean of squares to keep at each step; 0: PyTorch's 0.99"},
	{Key: "learning_rate", Of: func(c *Config) Value { return of(&c.LearningRate) },
		Flag: "learning-rate", Usage: "highest learning rate"},
	{Key: "schedule", Of: func(c *Config) Value { return choice{&c.Schedule, Schedules} },
		Flag: "schedule", Usage: "how the learning rate changes during the run"},
	{Key: "schedule_options.warmup_steps", Of: func(c *Config) Value { return of(&c.ScheduleOptions.WarmupSteps) },
		Flag: "warmup-steps", Usage: "raise the learning rate from 0 over this many steps"},
	{Key: "schedule_options.constant_epochs",
		Of:   func(c *Config) Value { return of(&c.ScheduleOptions.ConstantEpochs) },
		Flag: "constant-epochs", Usage: "step: divide after each epoch from this one on; 0: at 1/2 and 3/4 of the run"},
	{Key: "schedule_options.divisor", Of: func(c *Config) Value { return of(&c.ScheduleOptions.Divisor) },
		Flag: "divisor", Usage: "step, plateau: divide the learning rate by this; 0: 10 for step, 4 for plateau"},
	{Key: "schedule_options.patience", Of: func(c *Config) Value { return of(&c.ScheduleOptions.Patience) },
		Flag: "plateau-patience", Usage: "plateau: epochs in a row without a better validation loss to allow"},
	{Key: "schedule_options.threshold", Of: func(c *Config) Value { return of(&c.ScheduleOptions.Threshold) },
		Flag: "plateau-threshold", Usage: "plateau: nats by which a validation loss must be lower to count as better"},
	{Key: "clip", Of: func(c *Config) Value { return of(&c.Clip) },
		Flag: "clip", Usage: "limit the norm of the gradient; 0: no limit"},
	{Key: "clip_value", Of: func(c *Config) Value { return of(&c.ClipValue) },
		Flag: "clip-value", Usage: "limit each value of the gradient; 0: no limit"},
	{Key: "skip_not_finite", Of: func(c *Config) Value { return of(&c.SkipNotFinite) },
		Flag: "skip-not-finite", Usage: "skip steps whose loss or gradient is not finite, instead of stopping"},
	{Key: "valid", Fixed: true, Of: func(c *Config) Value { return of(&c.Valid) },
		Flag: "valid", Usage: "share of the text, at its end, to hold out for validation"},
	{Key: "test", Fixed: true, Of: func(c *Config) Value { return of(&c.Test) },
		Flag: "test", Usage: "share of the text, at its very end, to hold out for testing"},
	{Key: "validate_every", Of: func(c *Config) Value { return of(&c.ValidateEvery) },
		Flag: "validate-every", Usage: "also validate after every so many steps"},
	{Key: "keep_best", Of: func(c *Config) Value { return of(&c.KeepBest) },
		Flag: "keep-best", Usage: "keep the weights with the lowest validation loss instead of the last ones"},
	{Key: "patience", Of: func(c *Config) Value { return of(&c.Patience) },
		Flag: "patience", Usage: "stop after this many epochs in a row without a new lowest validation loss; 0: never"},
	{Key: "samples.every", Of: func(c *Config) Value { return of(&c.Samples.Every) },
		Flag: "sample-every", Usage: "generate a text after every so many steps; 0: never"},
	{Key: "samples.prompt", Of: func(c *Config) Value { return of(&c.Samples.Prompt) },
		Flag: "sample-prompt", Usage: "prompt for these texts"},
	{Key: "samples.length", Of: func(c *Config) Value { return of(&c.Samples.Length) },
		Flag: "sample-length", Usage: "number of new tokens in each of them"},
	{Key: "samples.temperature", Of: func(c *Config) Value { return of(&c.Samples.Temperature) },
		Flag: "sample-temperature", Usage: "temperature of these texts; 0 is greedy"},
	{Key: "seed", Fixed: true, Of: func(c *Config) Value { return of(&c.Seed) },
		Flag: "seed", Usage: "seed of the initial weights, the order of the windows and the dropout"},
	{Key: "from", Fixed: true, Of: func(c *Config) Value { return of(&c.From) },
		Flag: "from", Usage: "start from the model in this `directory`"},
	{Key: "checkpoint_every", Of: func(c *Config) Value { return of(&c.CheckpointEvery) },
		Flag: "checkpoint-every", Usage: "save a checkpoint after every so many steps; 0: only when interrupted"},
	{Key: "log_every", Of: func(c *Config) Value { return of(&c.LogEvery) },
		Flag: "log-every", Usage: "also write a line of history after every so many steps"},
	{Key: "corpus", Of: func(c *Config) Value { return of(&c.TextName) }},
}
