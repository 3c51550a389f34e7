package dataset

import "math"

// Evaluation says how well a model predicts a text.
type Evaluation struct {
	// Tokens is the number of tokens. All but the first of each document were predicted.
	Tokens int `json:"tokens"`
	// Unknown is the number of tokens that the vocabulary lacks. Which words they were is not predicted, so the more
	// there are, the lower the loss.
	Unknown int `json:"unknown"`
	// Loss is the mean cross entropy of the predictions, in nats.
	Loss float64 `json:"loss"`
	// Perplexity is exp(Loss).
	Perplexity float64 `json:"perplexity"`
	// BitsPerCharacter is the sum of the losses, in bits, divided by the number of code points of the text. It compares
	// models with different tokenizers, as long as few tokens are Unknown.
	BitsPerCharacter float64 `json:"bits_per_character"`
}

// Evaluation returns the measures that follow from the mean loss, in nats, of the part's predictions.
func (p Part) Evaluation(loss float64) Evaluation {
	return Evaluation{
		Tokens: p.Tokens, Unknown: p.Unknown, Loss: loss, Perplexity: math.Exp(loss),
		BitsPerCharacter: loss * float64(p.Predictions()) / math.Ln2 / float64(p.Characters),
	}
}
