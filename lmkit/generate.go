package lmkit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"slices"

	"owlm/internal/oneline"
	"owlm/lmkit/network"
	"owlm/lmkit/sample"
)

// Carry, as a context, makes a model that was trained on windows carry its state all the same.
const Carry = -1

// GenerateConfig says how text is generated. Its zero value generates nothing; with a Length
// it is greedy.
type GenerateConfig struct {
	// Length is the number of new tokens.
	Length int
	// Temperature divides the logits; 0 always takes the likeliest token (greedy).
	Temperature float64
	// TopK keeps the k likeliest tokens; 0 keeps all.
	TopK int
	// TopP keeps the fewest likeliest tokens whose probabilities add up to TopP; 0 or 1 keeps all.
	TopP float64
	// MinP drops tokens less likely than MinP times the likeliest; 0 keeps all.
	MinP float64
	// RepetitionPenalty above 1 makes tokens that already occurred less likely; 0 or 1 is off.
	RepetitionPenalty float64
	// Context is how many tokens are re-read, from a zero state, for each new one. 0 is the
	// model's own rule (Config.Context), Carry always carries the state.
	Context int
	// Stop ends a text after this token, written as in the vocabulary; "" never does.
	Stop string
	// Seed selects the random numbers: the same seed gives the same text.
	Seed uint64
}

func (c GenerateConfig) sampling() sample.Config {
	return sample.Config{Temperature: c.Temperature, TopK: c.TopK, TopP: c.TopP, MinP: c.MinP, RepetitionPenalty: c.RepetitionPenalty}
}

// Validate reports every value that is out of its range.
func (c GenerateConfig) Validate() error {
	var problems []error
	if c.Length < 0 {
		problems = append(problems, fmt.Errorf("length is %d; it must be 0 or more", c.Length))
	}
	if c.Context < Carry {
		problems = append(problems, fmt.Errorf("context is %d; it must be 0 or more", c.Context))
	}
	if err := c.sampling().Validate(); err != nil {
		problems = append(problems, err)
	}
	return oneline.Join(problems)
}

// Token is a token that a model wrote.
type Token struct {
	// ID is its index in the vocabulary, and Token how that writes it: byte-pair encoding has " owl" as "Ġowl".
	ID    int32
	Token string
	// Text is what it adds to the text, white space included. It is valid UTF-8: where tokens are parts of characters, a character comes
	// with the last of them.
	Text string
	// Probability is what the model gave the token, of all in the vocabulary, before temperature and what else changes it.
	Probability float64
}

// String returns the token as the vocabulary writes it.
func (t Token) String() string { return t.Token }

// Sample is one generated text.
type Sample struct {
	// Prompt is the text that was continued.
	Prompt string `json:"prompt"`
	// Tokens are the new tokens.
	Tokens []string `json:"tokens"`
	// Text is the prompt as it was given, then the new tokens, joined by the tokenizer. It is valid UTF-8: bytes of tokens
	// that make no character are U+FFFD.
	Text string `json:"text"`
}

// Generate continues a prompt and yields each new token as soon as it is drawn. An error, also that of a cancelled ctx, ends the sequence.
// The texts of the tokens, put behind the prompt, are Sample.Text.
//
// An empty prompt is allowed: the first token is then drawn from what the model says in its zero state, before it has read anything.
func (m *Model) Generate(ctx context.Context, prompt string, c GenerateConfig) iter.Seq2[Token, error] {
	return func(yield func(Token, error) bool) {
		joined := m.continuation(prompt)
		left := c.Length
		err := m.generate(ctx, prompt, c, 1, func(ids []int32, logits [][]float32) bool {
			left--
			token := Token{ID: ids[0], Token: m.Vocabulary.Token(ids[0]), Probability: sample.Softmax(logits[0], 1)[ids[0]]}
			token.Text = joined.add(token.Token)
			if left == 0 || c.Stop != "" && token.Token == c.Stop {
				token.Text += joined.end()
			}
			return yield(token, nil)
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(Token{}, err)
		}
	}
}

// Samples continues a prompt n times, side by side, each with random numbers of its own.
func (m *Model) Samples(ctx context.Context, prompt string, c GenerateConfig, n int) ([]Sample, error) {
	if n < 1 {
		return nil, fmt.Errorf("samples is %d; it must be 1 or more", n)
	}
	samples := make([]Sample, n)
	done := make([]bool, n)
	for i := range samples {
		samples[i] = Sample{Prompt: prompt, Tokens: []string{}}
	}
	err := m.generate(ctx, prompt, c, n, func(ids []int32, _ [][]float32) bool {
		for i, id := range ids {
			if !done[i] {
				token := m.Vocabulary.Token(id)
				samples[i].Tokens = append(samples[i].Tokens, token)
				done[i] = c.Stop != "" && token == c.Stop
			}
		}
		return slices.Contains(done, false)
	})
	if err != nil && !errors.Is(err, errStopped) {
		return nil, err
	}
	for i := range samples {
		joined := m.continuation(prompt)
		samples[i].Text = validPrompt(prompt) + joined.add(samples[i].Tokens...) + joined.end()
	}
	return samples, nil
}

// errStopped says that the receiver of the tokens wanted no more.
var errStopped = errors.New("stopped")

// sampleStream is the second half of the seed of sampling's random generator. Initial weights and the order of windows have others.
const sampleStream = 3

// generate draws tokens for rows continuations, and calls emit with the ids of each step and the logits that they were drawn from.
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
	for row := range rows {
		g.texts = append(g.texts, slices.Clone(ids))
		g.randoms = append(g.randoms, rand.New(rand.NewPCG(c.Seed+uint64(row)*0x9e3779b97f4a7c15, sampleStream)))
	}
	for range c.Length {
		if err := ctx.Err(); err != nil {
			return err
		}
		next, logits, err := g.next(c.sampling())
		if err != nil {
			return err
		}
		if !emit(next, logits) || (rows == 1 && c.Stop != "" && m.Vocabulary.Token(next[0]) == c.Stop) {
			return errStopped
		}
	}
	return nil
}

// generator continues several texts, which all have the same length, by a token at a time.
type generator struct {
	decoder *decoder
	context int
	texts   [][]int32 // one a row: the prompt and what was drawn
	read    int       // how many tokens of each the decoder's state has seen
	randoms []*rand.Rand
}

// next draws one token a row and appends it to the texts. It returns the tokens and the logits that they were drawn from.
func (g *generator) next(c sample.Config) (next []int32, logits [][]float32, err error) {
	if logits, err = g.logits(); err != nil {
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

// logits reads what has not been read and returns the logits of the next tokens.
func (g *generator) logits() ([][]float32, error) {
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
	return g.decoder.feed(steps)
}

// zeroLogits is what the output layer says of a zero hidden state: its bias.
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

// contextOf is the context length to use (0: carry the state) where asked for one.
func (m *Model) contextOf(asked int) (int, error) {
	switch {
	case asked == Carry:
		return 0, nil
	case asked < 0 || asked > network.MaximumSize:
		return 0, fmt.Errorf("context is %d; it must be from 0 to %d", asked, network.MaximumSize)
	case asked == 0:
		return m.Config.Context, nil
	}
	return asked, nil
}
