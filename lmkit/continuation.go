package lmkit

import "owlm/lmkit/text"

// continuation makes the text of tokens that follow a prompt as they come, by the tokenizer's rule. A token may end within a character,
// which is then held back until it is whole.
type continuation struct {
	tokenizer text.Tokenizer
	separator string // of two tokens
	held      string
	begun     bool
}

func (m *Model) continuation(prompt string) *continuation {
	return &continuation{tokenizer: m.Tokenizer, separator: m.Tokenizer.Join([]string{"", ""}), begun: prompt != ""}
}

// add returns what more tokens make known of the text.
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

// end returns what is left where no more tokens come: nothing, or U+FFFD for a character that stayed incomplete.
func (c *continuation) end() string {
	whole := c.add()
	if c.held != "" {
		whole, c.held = whole+"\uFFFD", ""
	}
	return whole
}

// validPrompt returns a prompt as it was given, but for bytes that are not UTF-8.
func validPrompt(prompt string) string {
	c := continuation{tokenizer: text.Characters{}}
	return c.add(prompt) + c.end()
}
