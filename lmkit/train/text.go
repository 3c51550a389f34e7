package train

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// encode tokenizes the text of a run, or opens the token file that the run has of it already. A run that is resumed on another text keeps
// the tokenizer and the vocabulary that it has; of the same text, they would be made alike.
func (c Config) encode(ctx context.Context, source text.Source, from *lmkit.Description) (*dataset.Parts, error) {
	o := c.encodeOptions()
	if from != nil {
		o.Vocabulary = from.Vocabulary
	}
	if c.Directory != "" && source.Open != nil && !source.InMemory() {
		o.Path = filepath.Join(c.Directory, dataset.TokensFile)
	}
	if begun := c.begun(); begun != nil {
		before := o
		before.Tokenizer, before.Vocabulary = begun.Tokenizer, begun.Vocabulary
		if p, err := c.reuse(ctx, source, before); p != nil || err != nil {
			return p, err
		}
		if c.AllowChangedText {
			o = before
		}
	}
	if o.Path != "" {
		removeLeftovers(c.Directory)
	}
	p, err := dataset.Encode(ctx, source, o)
	if err != nil {
		return nil, err
	}
	for i, part := range []dataset.Part{p.Valid, p.Test} {
		if share := []float64{c.Valid, c.Test}[i]; share > 0 {
			if err := part.Check(); err != nil {
				p.Close()
				return nil, fmt.Errorf("%s: %w; make its share, %v, larger", []string{"validation", "test"}[i], err, share)
			}
		}
	}
	return p, nil
}

// begun returns what a run that is resumed has in its directory; nil if the run begins.
func (c Config) begun() *lmkit.Description {
	if c.Directory == "" || !c.Resume || !rundir.HoldsRun(c.Directory) {
		return nil
	}
	d, err := lmkit.ReadDescription(c.Directory)
	if err != nil {
		c.Warn(fmt.Sprintf("tokenizing the text again: %v", err))
		return nil
	}
	return &d
}

// reuse opens the token file of a run that is resumed. It returns nil if there is none, or one that has to be made anew.
func (c Config) reuse(ctx context.Context, source text.Source, o dataset.Options) (*dataset.Parts, error) {
	if o.Path == "" {
		return nil, nil
	}
	p, err := dataset.Open(o)
	if err != nil {
		c.Warn(fmt.Sprintf("tokenizing the text again: %v", err))
		return nil, nil
	}
	now, err := dataset.SHA256(ctx, source, c.Warn)
	if err == nil && now == p.Text {
		return p, nil
	}
	p.Close()
	if err == nil && !c.AllowChangedText {
		err = &ChangedTextError{Now: hex.EncodeToString(now[:]), File: o.Path, Before: hex.EncodeToString(p.Text[:])}
	}
	return nil, err
}

// removeLeftovers removes what a killed run left of its token file. It runs under the directory's lock.
func removeLeftovers(dir string) {
	found, _ := filepath.Glob(filepath.Join(dir, "."+dataset.TokensFile+"*"))
	for _, path := range found {
		os.Remove(path)
	}
}

// Split cuts a text as Run does, so that other models can be judged by the same tokens. Of the configuration it takes Tokenizer, Vocabulary,
// Valid, Test, From and Warn. The configuration that ReadRun returns has the tokenizer and the vocabulary of its run, whose text it must be;
// the ids are those of the run's token file where that is still there. The caller closes the result.
func Split(ctx context.Context, source text.Source, c Config) (*dataset.Parts, error) {
	if c.Resume {
		return splitOfRun(ctx, source, c)
	}
	c.Model, c.Directory = network.Config{}, ""
	c, from, err := c.withFrom()
	if err != nil {
		return nil, err
	}
	return c.withDefaults().encode(ctx, source, from)
}

func splitOfRun(ctx context.Context, source text.Source, c Config) (*dataset.Parts, error) {
	dir := c.Directory
	receipt, err := rundir.ReadReceipt(dir)
	known := err == nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	sum, err := dataset.SHA256(ctx, source, c.Warn)
	if err != nil {
		return nil, err
	}
	if now := hex.EncodeToString(sum[:]); known && receipt.Corpus.SHA256 != now {
		return nil, fmt.Errorf("the text is not the one that the run in %s was trained on: its sha256 is %s, not %s",
			filepath.Clean(dir), now, receipt.Corpus.SHA256)
	}
	from, err := lmkit.ReadDescription(dir)
	if err != nil {
		return nil, err
	}
	c.Tokenizer, c.From, c.Resume = from.Tokenizer, dir, false
	o := c.encodeOptions()
	o.Vocabulary, o.Path = from.Vocabulary, filepath.Join(dir, dataset.TokensFile)
	if p, err := dataset.Open(o); err == nil {
		if p.Text == sum {
			return p, nil
		}
		p.Close()
	}
	return Split(ctx, source, c)
}
