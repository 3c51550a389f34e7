package network

import (
	"encoding/json"
	"fmt"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/lmkit/rnn"
)

// Config is the structure of a model: with the weights, all that its graph needs. A model directory stores it as
// config.json.
type Config struct {
	// Cell is the kind of recurrence: rnn.RNN, rnn.LSTM or rnn.GRU.
	Cell rnn.Cell
	// VocabularySize is the number of tokens, V. lmkit.New and training set it from the vocabulary.
	VocabularySize int
	// EmbeddingSize is the length of a token's vector, E.
	EmbeddingSize int
	// HiddenSize is the length of each layer's hidden state, H.
	HiddenSize int
	// Layers is the number of recurrent layers, stacked on each other.
	Layers int
	// Dropout is the probability with which training zeroes a value that one layer passes to the next, as in
	// torch.nn.LSTM.
	Dropout float64
	// TieWeights makes the output layer use the embedding's weights (Press & Wolf 2017). EmbeddingSize must equal
	// HiddenSize.
	TieWeights bool
	// ResetBefore selects the GRU of Chung et al. 2014, which applies the reset gate before the matrix product.
	// PyTorch's applies it after.
	ResetBefore bool
	// Context, if positive, means that the model was trained on windows of that many tokens from a zero state.
	// Generation and evaluation then read that many tokens again for every prediction. With 0 they carry the state
	// along the text.
	Context int
}

// Limits of a Config. Beyond them a typo is more likely than a model.
const (
	MaximumSize       = 1 << 24
	maximumLayers     = 256
	maximumParameters = 1<<31 - 1 // 8 GiB of float32, and training needs four times that
)

// Validate returns one error of one line that names every problem, or nil.
func (c Config) Validate() error {
	var problems []error
	add := func(format string, values ...any) { problems = append(problems, fmt.Errorf(format, values...)) }
	size := func(name string, value, maximum int) {
		if value < 1 || value > maximum {
			add("%s is %d; it must be from 1 to %d", name, value, maximum)
		}
	}
	if c.Cell < rnn.RNN || c.Cell > rnn.GRU {
		add("cell is %v; it must be rnn, lstm or gru", c.Cell)
	}
	size("vocabulary size", c.VocabularySize, MaximumSize)
	size("embedding size", c.EmbeddingSize, MaximumSize)
	size("hidden size", c.HiddenSize, MaximumSize)
	size("layers", c.Layers, maximumLayers)
	if !(c.Dropout >= 0 && c.Dropout < 1) {
		add("dropout is %v; it must be at least 0 and below 1", c.Dropout)
	}
	if c.TieWeights && c.EmbeddingSize != c.HiddenSize {
		add("tied weights need equal sizes, but the embedding size is %d and the hidden size %d",
			c.EmbeddingSize, c.HiddenSize)
	}
	if c.ResetBefore && c.Cell != rnn.GRU {
		add("reset before the product is a choice of the gru, but the cell is %v", c.Cell)
	}
	if c.Context < 0 || c.Context > MaximumSize {
		add("context is %d; it must be from 0 to %d", c.Context, MaximumSize)
	}
	if problems == nil && c.Parameters() > maximumParameters {
		add("the model would have %s parameters; at most %s are possible, so make its sizes smaller",
			grouped(c.Parameters()), grouped(maximumParameters))
	}
	return oneline.Join(problems)
}

// String lists the weights of a model with this structure, with their shapes and numbers of values.
func (c Config) String() string {
	var b strings.Builder
	plural := "s"
	if c.Layers == 1 {
		plural = ""
	}
	fmt.Fprintf(&b, "%s language model: vocabulary %s, embedding %d, hidden %d, %d layer%s\n",
		strings.ToUpper(c.Cell.String()), grouped(c.VocabularySize), c.EmbeddingSize, c.HiddenSize, c.Layers, plural)
	line := func(name string, shape []int, size string) {
		fmt.Fprintf(&b, "  %-18s %-12s %11s\n", name, ShapeString(shape), size)
	}
	for _, w := range c.Weights() {
		line(w.Name, w.Shape, grouped(w.Size()))
	}
	if c.TieWeights {
		line("fc.weight", []int{c.VocabularySize, c.HiddenSize}, "(tied)")
	}
	fmt.Fprintf(&b, "  %-31s %11s", "parameters", grouped(c.Parameters()))
	return b.String()
}

// grouped writes an integer with a comma before every third digit.
func grouped(n int) string { return message.NewPrinter(language.English).Sprint(n) }

// Format is the version of the model directory that this package reads and writes.
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

// MarshalJSON writes config.json.
func (c Config) MarshalJSON() ([]byte, error) {
	return json.Marshal(configFile{
		Format: Format, Cell: c.Cell.String(), VocabularySize: c.VocabularySize, EmbeddingSize: c.EmbeddingSize,
		HiddenSize: c.HiddenSize, Layers: c.Layers, Dropout: c.Dropout, TieWeights: c.TieWeights,
		ResetAfter: !c.ResetBefore, Context: c.Context,
	})
}

// UnmarshalJSON reads config.json. It refuses unknown keys, other formats and values that Validate refuses.
func (c *Config) UnmarshalJSON(data []byte) error {
	var format struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(data, &format); err != nil {
		return err
	}
	if format.Format != Format {
		return fmt.Errorf("format is %d, and this version of lmkit reads format %d; use the version that wrote it",
			format.Format, Format)
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
