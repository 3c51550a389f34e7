package lmkit

import (
	"iter"

	"owlm/lmkit/text"
)

// continuation joins new tokens to a prompt as they come, by the tokenizer's rule. A token may end within a character,
// which is then held back until it is whole.
type continuation struct {
	tokenizer text.Tokenizer
	separator string // of two tokens
	held      string
	begun     bool
}

func (m *Model) continuation(prompt string) *continuation {
	return &continuation{tokenizer: m.Tokenizer, separator: m.Tokenizer.Join([]string{"", ""}), held: prompt, begun: prompt != ""}
}

// add is what more tokens make known of the text.
func (c *continuation) add(tokens ...string) (whole string) {
	if len(tokens) > 0 {
		if c.begun {
			c.held += c.separator
		}
		c.held += c.tokenizer.Join(tokens)
		c.begun = true
	}
	whole, c.held = text.CutUTF8(c.held)
	return whole
}

// end is what is left where no more tokens come: nothing, or U+FFFD for a character that stayed incomplete.
func (c *continuation) end() string {
	whole := c.add()
	if c.held != "" {
		whole, c.held = whole+"\uFFFD", ""
	}
	return whole
}

// GenerateText is Generate as text: it yields the prompt as it was given with what the first token adds to it, and then
// what each token adds, white space included. The pieces, put together, are Sample.Text, and each is valid UTF-8: where
// tokens are parts of characters, a character comes when it is whole.
func (m *Model) GenerateText(prompt string, c GenerateConfig) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		joined := m.continuation(prompt)
		for token, err := range m.Generate(prompt, c) {
			if err != nil {
				yield("", err)
				return
			}
			if !yield(joined.add(token), nil) {
				return
			}
		}
		if end := joined.end(); end != "" {
			yield(end, nil)
		}
	}
}
