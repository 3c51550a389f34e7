package network

import (
	"encoding/json"
	"fmt"

	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/lmkit/rnn"
)

// Config is the structure of a model: what must be known, beside the weights, to run it.
// It is stored as config.json, see the package documentation.
type Config struct {
	// Cell is the recurrence: rnn.RNN, rnn.LSTM or rnn.GRU.
	Cell rnn.Cell
	// VocabularySize is the number of tokens, V. Train fills it in.
	VocabularySize int
	// EmbeddingSize is the length of a token's vector, E.
	EmbeddingSize int
	// HiddenSize is the length of the hidden state, H, of each layer.
	HiddenSize int
	// Layers is the number of recurrent layers stacked on each other.
	Layers int
	// Dropout is the probability with which a value passed from one layer to the next is
	// zeroed in training, as in torch.nn.LSTM.
	Dropout float64
	// TieWeights shares the embedding with the output layer (Press & Wolf 2017); it needs
	// EmbeddingSize equal to HiddenSize.
	TieWeights bool
	// ResetBefore selects, for the GRU, the equations of Cho et al. 2014, where the reset gate
	// is applied before the matrix product, instead of PyTorch's, where it is applied after.
	ResetBefore bool
	// Context, if positive, says that the model was trained on windows of that many tokens
	// from a zero state, so that generation and evaluation re-read that many tokens for
	// every prediction. 0: the state is carried along the text.
	Context int
}

// Bounds of what a Config may ask for: beyond them a typo is likelier than a model.
const (
	MaximumSize       = 1 << 24
	maximumLayers     = 256
	maximumParameters = 1<<31 - 1 // 8 GiB of float32, and training needs four times that
)

// Validate reports every problem of the configuration in one error, a line each.
func (c Config) Validate() error {
	var problems []error
	size := func(name string, value, maximum int) {
		if value < 1 || value > maximum {
			problems = append(problems, fmt.Errorf("%s is %d; it must be from 1 to %d", name, value, maximum))
		}
	}
	if c.Cell < rnn.RNN || c.Cell > rnn.GRU {
		problems = append(problems, fmt.Errorf("cell is %v; it must be rnn, lstm or gru", c.Cell))
	}
	size("vocabulary size", c.VocabularySize, MaximumSize)
	size("embedding size", c.EmbeddingSize, MaximumSize)
	size("hidden size", c.HiddenSize, MaximumSize)
	size("layers", c.Layers, maximumLayers)
	if !(c.Dropout >= 0 && c.Dropout < 1) {
		problems = append(problems, fmt.Errorf("dropout is %v; it must be at least 0 and below 1", c.Dropout))
	}
	if c.TieWeights && c.EmbeddingSize != c.HiddenSize {
		problems = append(problems, fmt.Errorf(
			"tied weights need equal sizes, but the embedding size is %d and the hidden size %d", c.EmbeddingSize, c.HiddenSize))
	}
	if c.ResetBefore && c.Cell != rnn.GRU {
		problems = append(problems, fmt.Errorf("reset before the product is a choice of the gru, but the cell is %v", c.Cell))
	}
	if c.Context < 0 || c.Context > MaximumSize {
		problems = append(problems, fmt.Errorf("context is %d; it must be from 0 to %d", c.Context, MaximumSize))
	}
	if problems == nil && c.Parameters() > maximumParameters {
		problems = append(problems, fmt.Errorf("the model would have %s parameters; at most %s are possible, so make its sizes smaller",
			grouped(c.Parameters()), grouped(maximumParameters)))
	}
	return oneline.Join(problems)
}

// Format is the newest model directory format that this package reads, and the one it writes.
const Format = 1

// configFile is config.json, key by key.
type configFile struct {
	Format         int     `json:"format"`
	Cell           string  `json:"cell"`
	VocabularySize int     `json:"vocabulary_size"`
	EmbeddingSize  int     `json:"embedding_size"`
	HiddenSize     int     `json:"hidden_size"`
	Layers         int     `json:"layers"`
	Dropout        float64 `json:"dropout"`
	TieWeights     bool    `json:"tie_weights"`
	ResetAfter     bool    `json:"reset_after"`
	Context        int     `json:"context"`
}

// MarshalJSON writes config.json of model directory format 1.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(configFile{
		Format: Format, Cell: c.Cell.String(), VocabularySize: c.VocabularySize, EmbeddingSize: c.EmbeddingSize,
		HiddenSize: c.HiddenSize, Layers: c.Layers, Dropout: c.Dropout, TieWeights: c.TieWeights,
		ResetAfter: !c.ResetBefore, Context: c.Context,
	})
}

// UnmarshalJSON reads config.json. Unknown keys, a newer format and impossible values are errors.
func (c *Config) UnmarshalJSON(data []byte) error {
	var format struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &format); err != nil {
		return err
	}
	if format.Format != Format {
		return fmt.Errorf("format is %d, and this version of lmkit reads format %d; use the version that wrote it", format.Format, Format)
	}
	file := configFile{ResetAfter: true}
	if err := files.StrictJSON(data, &file); err != nil {
		return err
	}
	cell, err := rnn.ParseCell(file.Cell)
	if err != nil {
		return err
	}
	*c = Config{
		Cell: cell, VocabularySize: file.VocabularySize, EmbeddingSize: file.EmbeddingSize, HiddenSize: file.HiddenSize,
		Layers: file.Layers, Dropout: file.Dropout, TieWeights: file.TieWeights,
		ResetBefore: !file.ResetAfter && cell == rnn.GRU, Context: file.Context,
	}
	return c.Validate()
}
