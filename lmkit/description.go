package lmkit

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"owlm/internal/files"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// Description is a model directory without its weights.
type Description struct {
	Config     network.Config
	Tokenizer  text.Tokenizer
	Vocabulary *text.Vocabulary
}

// ReadDescription reads a model directory without its weights, and checks that its files belong together.
func ReadDescription(dir string) (d Description, err error) {
	if info, err := os.Stat(dir); err != nil {
		return d, fmt.Errorf("no model directory at %s: %w", dir, files.Reason(err))
	} else if !info.IsDir() {
		return d, fmt.Errorf("%s is a file, not a model directory", dir)
	}
	if err := files.ReadJSON(filepath.Join(dir, rundir.ConfigFile), &d.Config); err != nil {
		return d, err
	}
	if d.Tokenizer, err = text.ReadTokenizer(filepath.Join(dir, rundir.TokenizerFile)); err != nil {
		return d, err
	}
	d.Vocabulary = new(text.Vocabulary)
	path := filepath.Join(dir, rundir.VocabularyFile)
	if err := files.ReadJSON(path, d.Vocabulary); err != nil {
		return d, err
	}
	if d.Vocabulary.Len() != d.Config.VocabularySize {
		return d, fmt.Errorf("%s: it has %d tokens, but vocabulary_size in %s is %d",
			path, d.Vocabulary.Len(), rundir.ConfigFile, d.Config.VocabularySize)
	}
	if err := d.checkBPE(); err != nil {
		return d, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

// checkBPE refuses a vocabulary that is not the one of its byte-pair encoding.
func (d Description) checkBPE() error {
	b, ok := d.Tokenizer.(text.BPE)
	if !ok {
		return nil
	}
	if !b.Trained() {
		return fmt.Errorf("its tokens cannot be made: byte-pair encoding is still to be learned in %s",
			rundir.TokenizerFile)
	}
	own, other := b.Vocabulary().Tokens(), d.Vocabulary.Tokens()
	for i := range min(len(own), len(other)) {
		if own[i] != other[i] {
			return fmt.Errorf("token %d is %q, but %q in %s; the two must have the same tokens in the same order",
				i, other[i], own[i], rundir.TokenizerFile)
		}
	}
	if len(own) != len(other) {
		return fmt.Errorf("it has %d tokens, but %s has %d", len(other), rundir.TokenizerFile, len(own))
	}
	if d.Vocabulary.Unknown() != "" {
		return errors.New("unknown must be null: byte-pair encoding covers any text")
	}
	return nil
}
