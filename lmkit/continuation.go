package lmkit

import "owlm/lmkit/text"

// continuation joins the tokens that follow a prompt, one after the other. A token may end within a character; the
// character is then held back until it is whole.
type continuation struct {
	tokenizer text.Tokenizer
	separator string // between two tokens
	held      string
	begun     bool // there is text before the next token
}

func (m *Model) continuation(prompt string) *continuation {
	return &continuation{tokenizer: m.Tokenizer, separator: m.Tokenizer.Join([]string{"", ""}), begun: prompt != ""}
}

// add returns the text that more tokens add, up to the last whole character.
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

// end returns the text that is left when no more tokens come: nothing, or U+FFFD for a character that is not whole.
func (c *continuation) end() string {
	rest := text.Valid(c.held)
	c.held = ""
	return rest
}
