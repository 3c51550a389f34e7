package main

import (
	"errors"
	"fmt"

	"github.com/spf13/pflag"

	"owlm/lmkit/text"
)

// tokenFlags holds the flags that choose the tokenizer of a text to train on or to count.
type tokenFlags struct {
	kind      *choice
	file      string // tokenizer.json
	lowercase bool
}

// tokenFlagNames lists the flags for tokens and vocabulary that a run already has values for.
var tokenFlagNames = []string{"tokens", "tokenizer", "lowercase", "min-count", "vocabulary"}

func newTokenFlags() tokenFlags { return tokenFlags{kind: tokenKinds()} }

// tokenKinds returns the flag for the kind of tokens.
func tokenKinds() *choice { return &choice{"word", []string{"word", "character", "bpe"}} }

func (g *tokenFlags) addFlags(f *pflag.FlagSet) {
	f.Var(g.kind, "tokens", "kind of tokens; bpe, byte-pair encoding, is learned from the training part of the text")
	f.StringVar(&g.file, "tokenizer", "", tokenizerUsage)
	f.BoolVar(&g.lowercase, "lowercase", true, "put words into lower case; characters only if typed; not for bpe")
}

// tokenizer returns the tokenizer that the flags choose. Only the flags that accept returns true for count. before is
// the tokenizer so far, or nil.
func (g *tokenFlags) tokenizer(f *pflag.FlagSet, before text.Tokenizer, accept func(name string) bool) (text.Tokenizer,
	error) {
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
	if err == nil && kind == "bpe" && had == "bpe" { // keep what it has learned
		return before, nil
	}
	return asked, err
}

// fromFile reads the tokenizer from a file. The other flags must agree with it.
func (g *tokenFlags) fromFile(f *pflag.FlagSet) (text.Tokenizer, error) {
	if f.Changed("lowercase") {
		return nil, errors.New("--lowercase is the tokenizer's own choice, stored in its file; leave it out")
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

// tokenizerOf returns a tokenizer of a kind; byte-pair encoding has not learned its merges.
func tokenizerOf(kind string, lowercase bool) (text.Tokenizer, error) {
	switch {
	case kind == "character":
		return text.Characters{Lowercase: lowercase}, nil
	case kind == "bpe" && lowercase:
		return nil, errors.New("--tokens bpe keeps the case of a text; leave out --lowercase, or put the text into " +
			"lower case first")
	case kind == "bpe":
		return text.BPE{}, nil
	}
	return text.Words{Lowercase: lowercase}, nil
}
