package main

import (
	"github.com/spf13/pflag"

	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
	"owlm/lmkit/train"
)

// trainFlags are the flags of train. Those of train.Settings stand in given.
type trainFlags struct {
	text, out            string
	recipe               *choice
	tokens               tokenFlags
	given                train.Config
	lossy, json, changed bool
}

// tutorial is what train does where no flag says otherwise.
func tutorial() train.Config {
	return train.Config{
		Model:     lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 128, HiddenSize: 256, Layers: 2},
		Objective: train.Windows{Length: 5}, BatchSize: 16, Epochs: 100, Optimizer: "adam", LearningRate: 0.003, Schedule: "constant",
		Samples: train.SampleOptions{Length: 50, Temperature: 1},
	}
}

func newTrainFlags() *trainFlags {
	return &trainFlags{recipe: &choice{"", train.RecipeNames()}, tokens: newTokenFlags(), given: tutorial()}
}

func (g *trainFlags) addFlags(f *pflag.FlagSet) {
	f.SortFlags = false // they are in the order of their ideas
	f.StringVar(&g.text, "text", "", "text: owl, opticks, kjv or a file; see lmkit corpus list")
	f.StringVar(&g.out, "out", "", "directory for the model and all that belongs to its run")
	f.Var(g.recipe, "recipe", "start from the values of a paper or a program; see above")
	f.BoolVar(&g.given.Resume, "resume", false, "go on with the run in --out; only flags that are typed change it")
	f.BoolVar(&g.changed, "allow-changed-text", false, "resume although the text has changed")
	f.BoolVar(&g.lossy, "lossy", false, "replace bytes that are not UTF-8")
	g.tokens.addFlags(f)
	addSettings(f, &g.given)
	f.StringVar(&g.given.Backend, "backend", "auto", "engine: "+backend.Help())
	f.BoolVar(&g.json, "json", false, "write one JSON object at the end, and nothing else")
}

// addSettings adds the flags of settings: of those with the given names, or of all that have a flag.
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

// trainConfig returns the library's configuration for the flags. A recipe, a run that is resumed or a model that is started from has
// values already: only flags that were typed change those.
func (g *trainFlags) trainConfig(f *pflag.FlagSet) (train.Config, error) {
	typed := func(s train.Setting) bool { return f.Changed(s.Flag) }
	if g.given.Resume {
		if c, err := train.ReadRun(g.out); err == nil {
			return g.change(f, c, typed, f.Changed)
		}
	}
	if g.recipe.value != "" {
		recipe, err := train.FindRecipe(g.recipe.value)
		if err != nil {
			return train.Config{}, err
		}
		recipe.Config.Samples = g.given.Samples // no recipe has any
		return g.change(f, recipe.Config, typed, f.Changed)
	}
	c := train.Config{Resume: g.given.Resume}
	if g.given.From == "" {
		return g.change(f, c, func(train.Setting) bool { return true }, func(string) bool { return true })
	}
	from, err := lmkit.ReadDescription(g.given.From)
	if err != nil {
		return c, err
	}
	c.Model = from.Config
	return g.change(f, c, func(s train.Setting) bool { return !s.Structure || f.Changed(s.Flag) }, f.Changed)
}

// change puts the values of flags into a configuration: the settings that accept accepts, and the tokenizer where tokens accepts one of its
// flags.
func (g *trainFlags) change(f *pflag.FlagSet, c train.Config, accept func(s train.Setting) bool, tokens func(flag string) bool) (train.Config, error) {
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
	withUnknown(&c)
	return c, nil
}

// withUnknown gives the vocabulary <unk> where it is needed: for words that only the held-out text has, or that were dropped. Byte-pair
// encoding covers any text.
func withUnknown(c *train.Config) {
	v := c.Vocabulary
	if text.Kind(c.Tokenizer) == "bpe" {
		return
	}
	if c.Valid > 0 || c.Test > 0 || v.MinCount > 0 || v.Size > 0 {
		c.Vocabulary.Unknown = "<unk>"
	}
}
