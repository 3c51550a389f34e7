package lmkit

import (
	"fmt"
	"math"
)

// parameter is one weight of a model, under PyTorch's name.
type parameter struct {
	name  string
	shape []int
	// bound is the half-width of the uniform distribution of the initial values; 0 stands for
	// the standard normal distribution.
	bound float64
}

func (p parameter) size() int {
	n := 1
	for _, dimension := range p.shape {
		n *= dimension
	}
	return n
}

// parameters lists the weights of a model in PyTorch's order. With tied weights fc.weight is
// the embedding, and is not listed.
func (c Config) parameters() []parameter {
	bound := 1 / math.Sqrt(float64(c.HiddenSize))
	gates := c.Cell.Gates() * c.HiddenSize
	list := []parameter{{"embedding.weight", []int{c.VocabularySize, c.EmbeddingSize}, 0}}
	for layer := range c.Layers {
		input := c.HiddenSize
		if layer == 0 {
			input = c.EmbeddingSize
		}
		list = append(list,
			parameter{fmt.Sprintf("rnn.weight_ih_l%d", layer), []int{gates, input}, bound},
			parameter{fmt.Sprintf("rnn.weight_hh_l%d", layer), []int{gates, c.HiddenSize}, bound},
			parameter{fmt.Sprintf("rnn.bias_ih_l%d", layer), []int{gates}, bound},
			parameter{fmt.Sprintf("rnn.bias_hh_l%d", layer), []int{gates}, bound})
	}
	if !c.TieWeights {
		list = append(list, parameter{"fc.weight", []int{c.VocabularySize, c.HiddenSize}, bound})
	}
	return append(list, parameter{"fc.bias", []int{c.VocabularySize}, bound})
}

// Parameters is the number of trained values. Both bias vectors of a layer count, as in PyTorch.
func (c Config) Parameters() int {
	total := 0
	for _, p := range c.parameters() {
		total += p.size()
	}
	return total
}
