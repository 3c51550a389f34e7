package network

import (
	"fmt"
	"math"
)

// Weight is one weight of a model, under PyTorch's name.
type Weight struct {
	Name  string
	Shape []int
	// bound is the half-width of the uniform distribution of the initial values; 0 stands for
	// the standard normal distribution.
	bound float64
}

func (p Weight) Size() int {
	n := 1
	for _, dimension := range p.Shape {
		n *= dimension
	}
	return n
}

// Weights lists the weights of a model in PyTorch's order. With tied weights fc.weight is
// the embedding, and is not listed.
func (c Config) Weights() []Weight {
	bound := 1 / math.Sqrt(float64(c.HiddenSize))
	gates := c.Cell.Gates() * c.HiddenSize
	list := []Weight{{"embedding.weight", []int{c.VocabularySize, c.EmbeddingSize}, 0}}
	for layer := range c.Layers {
		input := c.HiddenSize
		if layer == 0 {
			input = c.EmbeddingSize
		}
		list = append(list,
			Weight{fmt.Sprintf("rnn.weight_ih_l%d", layer), []int{gates, input}, bound},
			Weight{fmt.Sprintf("rnn.weight_hh_l%d", layer), []int{gates, c.HiddenSize}, bound},
			Weight{fmt.Sprintf("rnn.bias_ih_l%d", layer), []int{gates}, bound},
			Weight{fmt.Sprintf("rnn.bias_hh_l%d", layer), []int{gates}, bound})
	}
	if !c.TieWeights {
		list = append(list, Weight{"fc.weight", []int{c.VocabularySize, c.HiddenSize}, bound})
	}
	return append(list, Weight{"fc.bias", []int{c.VocabularySize}, bound})
}

// Parameters is the number of trained values. Both bias vectors of a layer count, as in PyTorch.
func (c Config) Parameters() int {
	total := 0
	for _, p := range c.Weights() {
		total += p.Size()
	}
	return total
}
