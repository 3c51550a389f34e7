package lmkit

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"unicode/utf8"

	"owlm/lmkit/text"
)

// Parts are a text as Train takes it: cut into what is trained on and what is held out, as ids of a vocabulary that
// knows the training part alone.
type Parts struct {
	Tokenizer          text.Tokenizer
	Vocabulary         *text.Vocabulary
	Train, Valid, Test Part
}

// Part is a stretch of a text.
type Part struct {
	IDs []int32
	// Characters is the number of Unicode characters that the tokens were made of, with the white space behind them.
	Characters int
	// Unknown is how many of the tokens the vocabulary lacks; their ids are that of <unk>.
	Unknown int
}

// Split cuts a text as Train does. Of the configuration it takes Tokenizer, Vocabulary, Valid, Test and From.
func Split(corpus string, c TrainConfig) (Parts, error) {
	c.Model = Config{}
	c, from, err := c.withFrom()
	if err != nil {
		return Parts{}, err
	}
	return split(corpus, c.withDefaults(), from)
}

// SplitOfRun cuts a text as the training run in a directory did, whose text it must be: with its tokenizer, its
// vocabulary and its shares, so that other models can be judged by the same tokens.
func SplitOfRun(corpus, dir string) (Parts, error) {
	c, err := ReadRun(dir)
	if err != nil {
		return Parts{}, err
	}
	receipt, err := ReadReceipt(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Parts{}, err
	}
	sum := sha256.Sum256([]byte(corpus))
	if now := hex.EncodeToString(sum[:]); err == nil && receipt.Corpus.SHA256 != now {
		return Parts{}, fmt.Errorf("the text is not the one that the run in %s was trained on: its sha256 is %s, not %s", filepath.Clean(dir), now, receipt.Corpus.SHA256)
	}
	c.Tokenizer, c.From = nil, dir
	return Split(corpus, c)
}

// split cuts a text for a run, which may take the vocabulary of another model.
func split(corpus string, c TrainConfig, from *description) (parts Parts, err error) {
	if _, _, at := text.Clean(corpus); at >= 0 {
		return parts, fmt.Errorf("the text is not UTF-8: byte %d", at)
	}
	tokens := c.Tokenizer.Tokenize(corpus)
	cut, err := text.Split(tokens, c.Valid, c.Test)
	if err != nil {
		return parts, err
	}
	parts.Tokenizer = c.Tokenizer
	if from != nil {
		parts.Vocabulary = from.vocabulary
	} else if parts.Vocabulary, err = text.NewVocabulary(cut.Train, c.Vocabulary); err != nil {
		return parts, err
	}
	first := text.Offset(c.Tokenizer, corpus, tokens, len(cut.Train))
	second := text.Offset(c.Tokenizer, corpus, tokens, len(cut.Train)+len(cut.Valid))
	if parts.Train, err = newPart(parts.Vocabulary, cut.Train, corpus[:first]); err != nil {
		return parts, fmt.Errorf("training text: %w", err)
	}
	if parts.Valid, err = heldOut("validation", parts.Vocabulary, cut.Valid, corpus[first:second]); err != nil {
		return parts, err
	}
	parts.Test, err = heldOut("test", parts.Vocabulary, cut.Test, corpus[second:])
	return parts, err
}

func newPart(vocabulary *text.Vocabulary, tokens []string, characters string) (Part, error) {
	ids, err := vocabulary.Encode(tokens)
	if err != nil {
		return Part{}, err
	}
	p := Part{IDs: ids, Characters: utf8.RuneCountInString(characters)}
	for _, token := range tokens {
		if _, known := vocabulary.ID(token); !known {
			p.Unknown++
		}
	}
	return p, nil
}

// heldOut is a part of the text that is not trained on.
func heldOut(name string, vocabulary *text.Vocabulary, tokens []string, characters string) (Part, error) {
	p, err := newPart(vocabulary, tokens, characters)
	if err != nil {
		return p, fmt.Errorf("%s text: %w, as the training text does not have it; give the vocabulary a token for unknown words", name, err)
	}
	if len(tokens) == 1 {
		return p, fmt.Errorf("the %s text has 1 token, and evaluation needs at least 2; make its share larger", name)
	}
	return p, nil
}

// EvaluateNGram is how well a counting model, of the parts' vocabulary, predicts a part. As in Model.Evaluate, what
// comes before the part is not known.
func (p Part) EvaluateNGram(m *text.NGram) (Evaluation, error) {
	if err := p.check(); err != nil {
		return Evaluation{}, err
	}
	e := p.evaluation(m.Loss(p.IDs) * float64(len(p.IDs)-1))
	if !finite(e.Loss) {
		return Evaluation{}, fmt.Errorf("the loss is %v: what was never counted has probability 0; smooth the counts", e.Loss)
	}
	return e, nil
}

// EvaluatePart is EvaluateContext for a part of a text.
func (m *Model) EvaluatePart(ctx context.Context, p Part, contextLength int) (Evaluation, error) {
	contextLength, err := m.contextOf(contextLength)
	if err != nil {
		return Evaluation{}, err
	}
	if err := p.check(); err != nil {
		return Evaluation{}, err
	}
	sum, err := m.totalLoss(ctx, p.IDs, contextLength)
	if err != nil {
		return Evaluation{}, err
	}
	return p.evaluation(sum), nil
}

func (p Part) check() error {
	if len(p.IDs) < 2 {
		return fmt.Errorf("the text has %d tokens, and evaluation needs at least 2", len(p.IDs))
	}
	return nil
}

// evaluation is made of the sum of the losses of all tokens but the first, in nats.
func (p Part) evaluation(sum float64) Evaluation {
	loss := sum / float64(len(p.IDs)-1)
	return Evaluation{
		Tokens: len(p.IDs), Unknown: p.Unknown, Loss: loss, Perplexity: math.Exp(loss),
		BitsPerCharacter: sum / math.Ln2 / float64(p.Characters),
	}
}
