package lmkit

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"

	"owlm/lmkit/text"
)

// Parts are a text as Train takes it: cut into what is trained on and what is held out, as ids of a vocabulary that
// knows the training part alone.
type Parts struct {
	Tokenizer          text.Tokenizer
	Vocabulary         *text.Vocabulary
	Train, Valid, Test text.Part

	text *encodedText
}

// Close closes the file with the ids, and removes the temporary one of SplitSource. They cannot be used after it.
func (p Parts) Close() error { return p.text.Close() }

func newParts(e *encodedText) Parts {
	return Parts{Tokenizer: e.Tokenizer, Vocabulary: e.Vocabulary, Train: e.Train, Valid: e.Valid, Test: e.Test, text: e}
}

// Split cuts a text as Train does. Of the configuration it takes Tokenizer, Vocabulary, Valid, Test and From.
func Split(corpus string, c TrainConfig) (Parts, error) {
	return split(context.Background(), corpusOf(corpus), c)
}

// SplitSource is Split of a text that is read as a stream: memory does not grow with it. Bytes that the source replaced are told
// to the configuration's Warn.
func SplitSource(ctx context.Context, source text.Source, c TrainConfig) (Parts, error) {
	return split(ctx, corpusFrom(source, c.Warn), c)
}

func split(ctx context.Context, in corpus, c TrainConfig) (Parts, error) {
	c.Model, c.Directory = Config{}, ""
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
	return splitOfRun(context.Background(), corpusOf(corpus), dir)
}

// SplitSourceOfRun is SplitOfRun of a text that is read as a stream. Bytes that the source replaced are told to warn, if that is not nil.
func SplitSourceOfRun(ctx context.Context, source text.Source, dir string, warn func(message string)) (Parts, error) {
	return splitOfRun(ctx, corpusFrom(source, warn), dir)
}

func splitOfRun(ctx context.Context, in corpus, dir string) (Parts, error) {
	c, err := ReadRun(dir)
	if err != nil {
		return Parts{}, err
	}
	receipt, err := ReadReceipt(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Parts{}, err
	}
	known := err == nil
	sum, err := in.sha256()
	if err != nil {
		return Parts{}, err
	}
	if now := hex.EncodeToString(sum[:]); known && receipt.Corpus.SHA256 != now {
		return Parts{}, fmt.Errorf("the text is not the one that the run in %s was trained on: its sha256 is %s, not %s", filepath.Clean(dir), now, receipt.Corpus.SHA256)
	}
	from, err := readDescription(dir)
	if err != nil {
		return Parts{}, err
	}
	c.Tokenizer, c.From = from.tokenizer, dir
	o := c.encodeOptions()
	o.Vocabulary, o.Path = from.vocabulary, filepath.Join(dir, tokensFile)
	if e, err := text.OpenEncoded(o); err == nil {
		if e.Text == sum {
			return newParts(&encodedText{Encoded: e}), nil
		}
		e.Close()
	}
	return split(ctx, in, c)
}

// EvaluateNGram measures how well a counting model, of the part's vocabulary, predicts a part. As in Model.Evaluate, what
// comes before the part is not known.
func EvaluateNGram(p text.Part, m *text.NGram) (text.Evaluation, error) {
	if err := p.Check(); err != nil {
		return text.Evaluation{}, err
	}
	e := p.Evaluation(m.Loss(text.All(p.IDs)))
	if math.IsInf(e.Loss, 0) || math.IsNaN(e.Loss) {
		return text.Evaluation{}, fmt.Errorf("the loss is %v: what was never counted has probability 0; smooth the counts", e.Loss)
	}
	return e, nil
}

// EvaluatePart is EvaluateContext for a part of a text.
func (m *Model) EvaluatePart(ctx context.Context, p text.Part, contextLength int) (text.Evaluation, error) {
	contextLength, err := m.contextOf(contextLength)
	if err != nil {
		return text.Evaluation{}, err
	}
	if err := p.Check(); err != nil {
		return text.Evaluation{}, err
	}
	sum, err := m.totalLoss(ctx, p.IDs, contextLength)
	if err != nil {
		return text.Evaluation{}, err
	}
	return p.Evaluation(sum / float64(p.Tokens-1)), nil
}
