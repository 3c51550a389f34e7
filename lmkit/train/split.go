package train

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"owlm/lmkit"
	"owlm/lmkit/dataset"
	"owlm/lmkit/network"
	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// Parts are a text as Train takes it: cut into what is trained on and what is held out, as ids of a vocabulary that
// knows the training part alone.
type Parts struct {
	Tokenizer          text.Tokenizer
	Vocabulary         *text.Vocabulary
	Train, Valid, Test dataset.Part

	text *dataset.EncodedText
}

// Close closes the file with the ids, and removes the temporary one of SplitSource. They cannot be used after it.
func (p Parts) Close() error { return p.text.Close() }

func newParts(e *dataset.EncodedText) Parts {
	return Parts{Tokenizer: e.Tokenizer, Vocabulary: e.Vocabulary, Train: e.Train, Valid: e.Valid, Test: e.Test, text: e}
}

// Split cuts a text as Train does. Of the configuration it takes Tokenizer, Vocabulary, Valid, Test and From.
func Split(corpus string, c Config) (Parts, error) {
	return split(context.Background(), dataset.CorpusOf(corpus), c)
}

// SplitSource is Split of a text that is read as a stream: memory does not grow with it. Bytes that the source replaced are told
// to the configuration's Warn.
func SplitSource(ctx context.Context, source text.Source, c Config) (Parts, error) {
	return split(ctx, dataset.CorpusFrom(source, c.Warn), c)
}

func split(ctx context.Context, in dataset.Corpus, c Config) (Parts, error) {
	c.Model, c.Directory = network.Config{}, ""
	c, from, err := c.withFrom()
	if err != nil {
		return Parts{}, err
	}
	c = c.withDefaults()
	e, err := c.encode(ctx, in, from)
	if err != nil {
		return Parts{}, err
	}
	return newParts(e), nil
}

// SplitOfRun cuts a text as the training run in a directory did, whose text it must be: with its tokenizer, its
// vocabulary and its shares, so that other models can be judged by the same tokens. The ids are those of the run's token
// file where that is still there.
func SplitOfRun(corpus, dir string) (Parts, error) {
	return splitOfRun(context.Background(), dataset.CorpusOf(corpus), dir)
}

// SplitSourceOfRun is SplitOfRun of a text that is read as a stream. Bytes that the source replaced are told to warn, if that is not nil.
func SplitSourceOfRun(ctx context.Context, source text.Source, dir string, warn func(message string)) (Parts, error) {
	return splitOfRun(ctx, dataset.CorpusFrom(source, warn), dir)
}

func splitOfRun(ctx context.Context, in dataset.Corpus, dir string) (Parts, error) {
	c, err := ReadRun(dir)
	if err != nil {
		return Parts{}, err
	}
	receipt, err := rundir.ReadReceipt(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Parts{}, err
	}
	known := err == nil
	sum, err := in.SHA256()
	if err != nil {
		return Parts{}, err
	}
	if now := hex.EncodeToString(sum[:]); known && receipt.Corpus.SHA256 != now {
		return Parts{}, fmt.Errorf("the text is not the one that the run in %s was trained on: its sha256 is %s, not %s", filepath.Clean(dir), now, receipt.Corpus.SHA256)
	}
	from, err := lmkit.ReadDescription(dir)
	if err != nil {
		return Parts{}, err
	}
	c.Tokenizer, c.From = from.Tokenizer, dir
	o := c.encodeOptions()
	o.Vocabulary, o.Path = from.Vocabulary, filepath.Join(dir, dataset.TokensFile)
	if e, err := dataset.Open(o); err == nil {
		if e.Text == sum {
			return newParts(&dataset.EncodedText{Encoded: e}), nil
		}
		e.Close()
	}
	return split(ctx, in, c)
}
