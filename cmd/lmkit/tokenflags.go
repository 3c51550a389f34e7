package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"owlm/lmkit/text"
)

// tokenFlags say what a token of a text that is trained on or counted is.
type tokenFlags struct {
	kind      *choice
	file      string // tokenizer.json
	lowercase bool
}

// tokenFlagNames are those that a run has values for.
var tokenFlagNames = []string{"tokens", "tokenizer", "lowercase", "min-count", "vocabulary"}

func newTokenFlags() tokenFlags { return tokenFlags{kind: tokenKinds()} }

// tokenKinds are the kinds of tokens that there are.
func tokenKinds() *choice { return &choice{"word", []string{"word", "character", "bpe"}} }

func (g *tokenFlags) addFlags(f *pflag.FlagSet) {
	f.Var(g.kind, "tokens", "what a token is; bpe, byte-pair encoding, is learned from the training part of the text")
	f.StringVar(&g.file, "tokenizer", "", "tokenizer.json to take instead, of lmkit or, for bpe, of Hugging Face's tokenizers")
	f.BoolVar(&g.lowercase, "lowercase", true, "put the text into lower case (characters: only if typed; bpe keeps the case)")
}

// tokenizer is the one that is asked for, where accept says which flags are asked, and before is the one that there is.
func (g *tokenFlags) tokenizer(f *pflag.FlagSet, before text.Tokenizer, accept func(name string) bool) (text.Tokenizer, error) {
	if g.file != "" {
		return g.fromFile(f)
	}
	if !accept("tokens") && !accept("lowercase") {
		return before, nil
	}
	kind, had := g.kind.value, text.Kind(before)
	if !accept("tokens") && had != "" {
		kind = had
	}
	asked, err := tokenizerOf(kind, g.lowercase && (kind == "word" || f.Changed("lowercase")))
	if err == nil && kind == "bpe" && had == "bpe" { // what was learned stays
		return before, nil
	}
	return asked, err
}

// fromFile is the tokenizer of a file, with which the other flags must agree.
func (g *tokenFlags) fromFile(f *pflag.FlagSet) (text.Tokenizer, error) {
	if f.Changed("lowercase") {
		return nil, errors.New("--lowercase is the tokenizer's own choice, which its file holds; leave it out")
	}
	t, err := text.ReadTokenizer(g.file)
	if err != nil {
		return nil, err
	}
	if kind := text.Kind(t); f.Changed("tokens") && kind != g.kind.value {
		return nil, fmt.Errorf("%s: its tokens are of kind %s, not %s", g.file, kind, g.kind.value)
	}
	return t, nil
}

// tokenizerOf is the tokenizer that --tokens names; byte-pair encoding has still to learn.
func tokenizerOf(kind string, lowercase bool) (text.Tokenizer, error) {
	switch {
	case kind == "character":
		return text.Characters{Lowercase: lowercase}, nil
	case kind == "bpe" && lowercase:
		return nil, errors.New("--tokens bpe keeps the case of a text; leave --lowercase out, or put the text into lower case first")
	case kind == "bpe":
		return text.BPE{}, nil
	}
	return text.Words{Lowercase: lowercase}, nil
}
