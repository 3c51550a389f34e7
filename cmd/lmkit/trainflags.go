package main

import (
	"github.com/spf13/pflag"

	"owlm/lmkit"
	"owlm/lmkit/rnn"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// trainFlags holds the values of the flags of train; given holds those of train.Settings.
type trainFlags struct {
	text, out            string
	recipe               *choice
	tokens               tokenFlags
	given                train.Config
	lossy, json, changed bool
}

// tutorial returns the default values of the flags, which are the tutorial's.
func tutorial() train.Config {
	return train.Config{
		Model:     lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 128, HiddenSize: 256, Layers: 2},
		Objective: train.Windows{Length: 5}, BatchSize: 16, Epochs: 100,
		Optimizer: "adam", LearningRate: 0.003, Schedule: "constant",
		Samples: train.SampleOptions{Length: 50, Temperature: 1},
	}
}

func newTrainFlags() *trainFlags {
	return &trainFlags{recipe: &choice{"", train.RecipeNames()}, tokens: newTokenFlags(), given: tutorial()}
}

func (g *trainFlags) addFlags(f *pflag.FlagSet) {
	f.SortFlags = false // related flags are together
	f.StringVar(&g.text, "text", "", textUsage+" (default with --resume: the run's)")
	f.StringVar(&g.out, "out", "", "`directory` for the model and the other files of its run")
	f.Var(g.recipe, "recipe", "start from the values of a paper or a program; see above")
	f.BoolVar(&g.given.Resume, "resume", false, "continue the run in --out; only flags that you type change it")
	f.BoolVar(&g.changed, "allow-changed-text", false, "resume although the text has changed")
	f.BoolVar(&g.lossy, "lossy", false, lossyUsage)
	g.tokens.addFlags(f)
	addSettings(f, &g.given)
	f.StringVar(&g.given.Backend, "backend", "auto", backendUsage())
	f.BoolVar(&g.json, "json", false, "print one JSON object at the end, and nothing else")
}

// addSettings adds the flags of settings: those with the given names or, without names, all.
func addSettings(f *pflag.FlagSet, c *train.Config, names ...string) {
	wanted := make(map[string]bool)
	for _, name := range names {
		wanted[name] = true
	}
	for _, s := range train.Settings {
		if s.Flag == "" || len(names) > 0 && !wanted[s.Flag] {
			continue
		}
		flag := f.VarPF(s.Of(c), s.Flag, "", s.Usage)
		if flag.Value.Type() == "bool" {
			flag.NoOptDefVal = "true"
		}
	}
}

// trainConfig returns the configuration that the flags ask for. In a run that is resumed, a recipe and a model to start
// from, only flags that were typed change values.
func (g *trainFlags) trainConfig(f *pflag.FlagSet) (train.Config, error) {
	typed := func(s train.Setting) bool { return f.Changed(s.Flag) }
	switch {
	case g.given.Resume && rundir.HoldsRun(g.out):
		c, err := train.ReadRun(g.out)
		if err != nil {
			return c, err
		}
		started := func(s train.Setting) bool { return typed(s) && s.Key != "from" } // the run keeps its start
		return g.change(f, c, started, f.Changed)
	case g.recipe.value != "":
		recipe, err := train.FindRecipe(g.recipe.value)
		if err != nil {
			return train.Config{}, err
		}
		recipe.Config.Samples = g.given.Samples // no recipe has any
		c, err := g.change(f, recipe.Config, typed, f.Changed)
		return withUnknown(c), err
	case g.given.From != "":
		from, err := lmkit.ReadDescription(g.given.From)
		if err != nil {
			return train.Config{}, err
		}
		accept := func(s train.Setting) bool { return !s.Structure || f.Changed(s.Flag) }
		c, err := g.change(f, train.Config{Resume: g.given.Resume, Model: from.Config}, accept, f.Changed)
		return withUnknown(c), err
	}
	everySetting, everyFlag := func(train.Setting) bool { return true }, func(string) bool { return true }
	c, err := g.change(f, train.Config{Resume: g.given.Resume}, everySetting, everyFlag)
	return withUnknown(c), err
}

// change puts the values of flags into a configuration: the settings that accept returns true for, and the tokenizer if
// tokens returns true for one of its flags.
func (g *trainFlags) change(f *pflag.FlagSet, c train.Config, accept func(s train.Setting) bool,
	tokens func(flag string) bool) (train.Config, error) {
	var err error
	if c.Tokenizer, err = g.tokens.tokenizer(f, c.Tokenizer, tokens); err != nil {
		return c, err
	}
	for _, s := range train.Settings {
		if s.Flag == "" || !accept(s) {
			continue
		}
		if err := s.Of(&c).Set(s.Of(&g.given).String()); err != nil {
			return c, err
		}
	}
	return c, nil
}

// withUnknown gives the vocabulary <unk> if it needs it: for tokens that only the parts held out have, or that are
// dropped. Byte-pair encoding can encode any text.
func withUnknown(c train.Config) train.Config {
	v := c.Vocabulary
	if text.Kind(c.Tokenizer) != "bpe" && (c.Valid > 0 || c.Test > 0 || v.MinCount > 0 || v.Size > 0) {
		c.Vocabulary.Unknown = "<unk>"
	}
	return c
}
