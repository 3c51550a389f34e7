package train

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"

	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/rundir"
)

// encodeOptions say how the text of a run becomes ids.
func (c Config) encodeOptions() dataset.Options {
	return dataset.Options{Tokenizer: c.Tokenizer, Valid: c.Valid, Test: c.Test, Options: c.Vocabulary}
}

// encode tokenizes the text of a run, or opens the token file that the run has of it already. A run that is resumed on another
// text keeps the tokenizer and the vocabulary that it has; of the same text, they would be made alike.
func (c Config) encode(ctx context.Context, in dataset.Corpus, from *lmkit.Description) (*dataset.EncodedText, error) {
	o := c.encodeOptions()
	if from != nil {
		o.Vocabulary = from.Vocabulary
	}
	if in.InFile && c.Directory != "" {
		o.Path = filepath.Join(c.Directory, dataset.TokensFile)
	}
	if begun := c.begun(); begun != nil {
		before := o
		before.Tokenizer, before.Vocabulary = begun.Tokenizer, begun.Vocabulary
		if e, err := c.reuse(in, before); e != nil || err != nil {
			return e, err
		}
		if c.AllowChangedText {
			o = before
		}
	}
	if o.Path != "" {
		removeLeftovers(c.Directory)
	}
	e, err := in.Encode(ctx, o)
	if err != nil {
		return nil, err
	}
	for i, part := range []dataset.Part{e.Valid, e.Test} {
		if share := []float64{c.Valid, c.Test}[i]; part.Tokens < 2 && share > 0 {
			e.Close()
			return nil, fmt.Errorf("the %s text has %d tokens, and evaluation needs at least 2; make its share, %v, larger", []string{"validation", "test"}[i], part.Tokens, share)
		}
	}
	return e, nil
}

// begun is what a run that is resumed has in its directory; nil if the run begins.
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

// reuse is the token file of a run that is resumed, nil if it has none, or one that has to be made anew.
func (c Config) reuse(in dataset.Corpus, o dataset.Options) (*dataset.EncodedText, error) {
	if o.Path == "" {
		return nil, nil
	}
	e, err := dataset.Open(o)
	if err != nil {
		c.Warn(fmt.Sprintf("tokenizing the text again: %v", err))
		return nil, nil
	}
	now, err := in.SHA256()
	if err == nil && now == e.Text {
		return &dataset.EncodedText{Encoded: e}, nil
	}
	e.Close()
	if err == nil && !c.AllowChangedText {
		err = errChanged(hex.EncodeToString(now[:]), o.Path, hex.EncodeToString(e.Text[:]))
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
