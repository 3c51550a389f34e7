package network

import (
	"fmt"
	"math"
	"strings"
)

// Weight describes one weight of a model.
type Weight struct {
	// Name is PyTorch's.
	Name  string
	Shape []int
	// bound is the half-width of the uniform distribution that the initial values are drawn from; 0 stands for the
	// standard normal distribution.
	bound float64
}

// Size returns the number of values.
func (w Weight) Size() int {
	n := 1
	for _, dimension := range w.Shape {
		n *= dimension
	}
	return n
}

// Weights lists the weights of a model in PyTorch's order. If the weights are tied, the list has embedding.weight and
// no fc.weight.
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

// Parameters returns the number of trained values. Each layer has two bias vectors, as in PyTorch, and both count.
func (c Config) Parameters() int {
	total := 0
	for _, w := range c.Weights() {
		total += w.Size()
	}
	return total
}

// ShapeString writes a shape as PyTorch does: "[3, 4]".
func ShapeString(shape []int) string {
	return strings.ReplaceAll(fmt.Sprint(shape), " ", ", ")
}

// VariablePath returns the path of a weight in a GoMLX store, for the name that PyTorch gives the weight.
func VariablePath(name string) string { return "/" + strings.ReplaceAll(name, ".", "/") }
