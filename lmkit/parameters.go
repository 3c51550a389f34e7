package lmkit

import (
	"fmt"
	"math"
	"math/rand/v2"
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

// initialValues draws the weights of a new model as PyTorch does: the embedding from N(0,1), all
// others from U(-1/sqrt(H), 1/sqrt(H)). They are drawn here, in Go, so that every engine starts
// from the same numbers.
func (c Config) initialValues(seed uint64) map[string][]float32 {
	random := rand.New(rand.NewPCG(seed, streamWeights))
	values := make(map[string][]float32)
	for _, p := range c.parameters() {
		v := make([]float32, p.size())
		for i := range v {
			if p.bound == 0 {
				v[i] = float32(random.NormFloat64())
			} else {
				v[i] = float32((2*random.Float64() - 1) * p.bound)
			}
		}
		values[p.name] = v
	}
	return values
}

// The second halves of the seeds of the random generators, so that no two of them ever share
// a sequence.
const (
	streamWeights uint64 = iota + 1
	streamShuffle
	streamSample
)
