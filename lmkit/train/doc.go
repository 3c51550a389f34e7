// Package train trains the language models of package lmkit.
//
// [Run] reads a text, trains a model on it and returns the model:
//
//	model, err := train.Run(ctx, corpora.Owl, train.Config{
//		Model:     lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 128, HiddenSize: 256, Layers: 2},
//		Objective: train.Windows{Length: 5},
//		BatchSize: 16, Epochs: 100, LearningRate: 0.003,
//		Directory: "runs/owl",
//		Hooks:     []train.Hook{train.Progress()},
//	})
//
// [Config] describes everything that can be chosen. Its zero values are useful, and Validate reports every mistake in
// one error before anything starts.
//
// # Objectives
//
// An [Objective] decides which tokens a training step predicts. [Windows] is the tutorial's: the model reads each
// window of a fixed length from a zero hidden state and predicts the token after it. [Stream] is truncated
// back-propagation through time: the model predicts every token, and its hidden state is carried from step to step.
//
// # Directories and resuming
//
// A run with a Directory saves its model there, with its settings, history, receipt and checkpoints. Cancelling the
// context stops the run after the current step: Run saves a checkpoint and returns an [*Interrupted] error. With
// Config.Resume, Run continues from the newest checkpoint and ends with the weights that a run without the interruption
// would have had. [ReadRun] reads the settings of a run, [Summarize] reads its results, and [Split] cuts a text into
// the same parts.
//
// # Hooks
//
// A [Hook] follows a run. [Progress] shows a bar and [LogEvery] prints lines; [HookFunc] makes a hook from a function.
// A hook that also implements [Recorder] can stop the run by returning [ErrStop].
//
// # A training loop of your own
//
// A [Stepper] makes one training step at a time, with the same objectives and optimizers as Run.
//
// # Recipes and settings
//
// [Recipes] holds the configurations of well-known papers and programs. [Settings] lists the values that describe a
// run: run.json, the receipt, the comparison made when a run is resumed and the flags of the lmkit command all follow
// it.
//
// # Reproducibility
//
// The same seed gives the same weights, byte for byte, on the Go engine and on XLA with one thread.
package train
