package lmkit

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"owlm/lmkit/sample"
)

// errStopped means that emit wants no more tokens.
var errStopped = errors.New("stopped")

// sampleStream is the second half of the seed of the random generator. Initial weights and the order of windows have
// others.
const sampleStream = 3

// generate continues a prompt in rows rows, and calls emit with the ids of each step and the logits that they were
// drawn from. It returns errStopped if emit returns false.
func (m *Model) generate(ctx context.Context, prompt string, c GenerateConfig, rows int,
	emit func(ids []int32, logits [][]float32) bool) error {
	if err := c.Validate(); err != nil {
		return err
	}
	contextLength, err := m.contextOf(c.Context)
	if err != nil {
		return err
	}
	if _, known := m.Vocabulary.ID(c.Stop); c.Stop != "" && !known {
		return fmt.Errorf("the stop token %q is not in the vocabulary", c.Stop)
	}
	ids, err := m.Vocabulary.Encode(m.Tokenizer.Tokenize(prompt))
	if err != nil {
		return fmt.Errorf("prompt: %w", err)
	}
	g := &generator{decoder: m.newDecoder(rows), context: contextLength}
	defer g.decoder.free()
	for row := range rows {
		g.texts = append(g.texts, slices.Clone(ids))
		g.randoms = append(g.randoms, rand.New(rand.NewPCG(c.Seed+uint64(row)*0x9e3779b97f4a7c15, sampleStream)))
	}
	for range c.Length {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, logits, err := g.next(ctx, c.sampling())
		if err != nil {
			return err
		}
		if !emit(next, logits) {
			return errStopped
		}
	}
	return nil
}

// generator continues several texts of the same length, token by token.
type generator struct {
	decoder *decoder
	context int
	texts   [][]int32 // one for each row: the prompt and the tokens drawn
	read    int       // how many tokens of each text the decoder has read
	randoms []*rand.Rand
}

// next draws a token for each row and appends it to the texts. It returns the tokens and the logits that they were
// drawn from.
func (g *generator) next(ctx context.Context, c sample.Config) (next []int32, logits [][]float32, err error) {
	if logits, err = g.logits(ctx); err != nil {
		return nil, nil, err
	}
	next = make([]int32, len(g.texts))
	for row := range g.texts {
		probabilities, err := sample.Probabilities(logits[row], g.texts[row], c)
		if err != nil {
			return nil, nil, err
		}
		next[row] = int32(sample.Pick(probabilities, g.randoms[row]))
		g.texts[row] = append(g.texts[row], next[row])
	}
	return next, logits, nil
}

// logits reads the tokens that the decoder has not read, and returns the logits of the next tokens.
func (g *generator) logits(ctx context.Context) ([][]float32, error) {
	length := len(g.texts[0])
	if length == 0 {
		return g.zeroLogits()
	}
	if g.context > 0 {
		g.decoder.reset()
		g.read = max(0, length-g.context)
	}
	steps := make([][]int32, 0, length-g.read)
	for t := g.read; t < length; t++ {
		step := make([]int32, len(g.texts))
		for row := range g.texts {
			step[row] = g.texts[row][t]
		}
		steps = append(steps, step)
	}
	g.read = length
	return g.decoder.feed(ctx, steps)
}

// zeroLogits returns the logits before the first token. The hidden state is zero, so they are the output layer's bias.
func (g *generator) zeroLogits() ([][]float32, error) {
	bias, _, err := g.decoder.model.Weight("fc.bias")
	if err != nil {
		return nil, err
	}
	rows := make([][]float32, len(g.texts))
	for i := range rows {
		rows[i] = bias
	}
	return rows, nil
}
