package lmkit

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"owlm/internal/oneline"
	"owlm/lmkit/network"
	"owlm/lmkit/sample"
	"owlm/lmkit/text"
)

// Carry, as a Context, carries the state along the text even if the model was trained on windows.
const Carry = -1

// GenerateConfig says how text is generated. The zero value generates nothing; with a Length alone, generation is
// greedy.
type GenerateConfig struct {
	// Length is the number of new tokens.
	Length int
	// Temperature divides the logits; 0 always takes the likeliest token (greedy).
	Temperature float64
	// TopK keeps the k likeliest tokens; 0 keeps all.
	TopK int
	// TopP keeps the fewest likeliest tokens whose probabilities add up to TopP; 0 or 1 keeps all.
	TopP float64
	// MinP drops tokens that are less likely than MinP times the likeliest; 0 keeps all.
	MinP float64
	// RepetitionPenalty above 1 makes tokens that already occurred less likely; 0 or 1 turns it off.
	RepetitionPenalty float64
	// Context is the number of tokens that are read again, from a zero state, for each new token. 0 stands for
	// Config.Context of the model, and Carry for a state that is carried along the text.
	Context int
	// Stop ends a text after this token, written as in the vocabulary; "" never does.
	Stop string
	// Seed selects the random numbers. The same seed gives the same text.
	Seed uint64
}

func (c GenerateConfig) sampling() sample.Config {
	return sample.Config{
		Temperature: c.Temperature, TopK: c.TopK, TopP: c.TopP, MinP: c.MinP, RepetitionPenalty: c.RepetitionPenalty,
	}
}

// Validate returns one error of one line that names every value outside its range, or nil.
func (c GenerateConfig) Validate() error {
	var problems []error
	if c.Length < 0 {
		problems = append(problems, fmt.Errorf("length is %d; it must be 0 or more", c.Length))
	}
	for _, err := range []error{checkContext(c.Context), c.sampling().Validate()} {
		if err != nil {
			problems = append(problems, err)
		}
	}
	return oneline.Join(problems)
}

func checkContext(length int) error {
	if length < Carry || length > network.MaximumSize {
		return fmt.Errorf("context is %d; it must be from 0 to %d", length, network.MaximumSize)
	}
	return nil
}

// contextOf returns the context length to use, 0 to carry the state, for the Context of a configuration.
func (m *Model) contextOf(asked int) (int, error) {
	switch asked {
	case Carry:
		return 0, nil
	case 0:
		return m.Config.Context, nil
	}
	return asked, checkContext(asked)
}

// Token is a token that a model wrote.
type Token struct {
	// ID is the token's index in the vocabulary.
	ID int32
	// Token is the token as the vocabulary writes it: byte-pair encoding writes " owl" as "Ġowl".
	Token string
	// Text is what the token adds to the text, white space included. It is valid UTF-8. Where a token is a part of a
	// character, the character comes with its last part.
	Text string
	// Probability is the probability that the model gave the token among all in the vocabulary, before temperature and
	// the other settings.
	Probability float64
}

// String returns the token as the vocabulary writes it.
func (t Token) String() string { return t.Token }

// Sample is one generated text.
type Sample struct {
	// Prompt is the text that was continued.
	Prompt string `json:"prompt"`
	// Tokens are the new tokens, as the vocabulary writes them.
	Tokens []string `json:"tokens"`
	// Text is the prompt followed by the new tokens, joined by the tokenizer. It is valid UTF-8: U+FFFD stands for
	// bytes that are no character.
	Text string `json:"text"`
}

// Generate continues a prompt and yields each new token as soon as it is drawn. The prompt, as text.Valid returns it,
// followed by the Text of every token is the Text of a Sample. An error, such as that of a cancelled ctx, ends the
// sequence.
//
// The prompt may be empty. The first token is then drawn from what the model predicts in its zero state.
func (m *Model) Generate(ctx context.Context, prompt string, c GenerateConfig) iter.Seq2[Token, error] {
	return func(yield func(Token, error) bool) {
		joined := m.continuation(prompt)
		left := c.Length
		err := m.generate(ctx, prompt, c, 1, func(ids []int32, logits [][]float32) bool {
			left--
			token := Token{
				ID: ids[0], Token: m.Vocabulary.Token(ids[0]), Probability: sample.Probability(logits[0], ids[0]),
			}
			token.Text = joined.add(token.Token)
			stop := c.Stop != "" && token.Token == c.Stop
			if left == 0 || stop {
				token.Text += joined.end()
			}
			return yield(token, nil) && !stop
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(Token{}, err)
		}
	}
}

// Samples continues a prompt n times, side by side, each time with other random numbers. The first sample has those
// that Generate draws.
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
		samples[i].Text = text.Valid(prompt) + joined.add(samples[i].Tokens...) + joined.end()
	}
	return samples, nil
}
