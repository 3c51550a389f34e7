package network

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"owlm/lmkit/rnn"
)

// InitialWeights says where a new model starts; the zero value is PyTorch's distributions.
type InitialWeights struct {
	// Range, if positive, draws every weight, embedding and biases included, from U(-Range, Range), as Zaremba et al. 2014 did.
	Range float64 `json:"range"`
	// ForgetBias, if not 0, is what the input bias of the LSTM's forget gates starts with (Jozefowicz et al. 2015 advise 1);
	// other cells have no forget gate, and refuse it.
	ForgetBias float64 `json:"forget_bias"`
}

func (i InitialWeights) Problems(cell rnn.Cell) []error {
	var problems []error
	if !(i.Range >= 0 && i.Range < 1e3) {
		problems = append(problems, fmt.Errorf("the range of the initial weights is %v; it must be 0 or more", i.Range))
	}
	if !(i.ForgetBias > -1e3 && i.ForgetBias < 1e3) {
		problems = append(problems, fmt.Errorf("the initial forget bias is %v; it must be a finite number, such as 1", i.ForgetBias))
	}
	if i.ForgetBias != 0 && cell != rnn.LSTM {
		problems = append(problems, fmt.Errorf("an initial forget bias is a choice of the lstm, but the cell is %v; set it to 0", cell))
	}
	return problems
}

// weightsStream is the second half of the seed of the initial weights' random generator. The order of windows and sampling have
// others, so that no two of them ever share a sequence.
const weightsStream = 1

// InitialValues draws the weights of a new model, by default as PyTorch does: the embedding from N(0,1), all
// others from U(-1/sqrt(H), 1/sqrt(H)). They are drawn here, in Go, so that every engine starts
// from the same numbers.
func (c Config) InitialValues(seed uint64, initial InitialWeights) map[string][]float32 {
	random := rand.New(rand.NewPCG(seed, weightsStream))
	values := make(map[string][]float32)
	for _, p := range c.Weights() {
		bound := p.bound
		if initial.Range > 0 {
			bound = initial.Range
		}
		v := make([]float32, p.Size())
		for i := range v {
			if bound == 0 {
				v[i] = float32(random.NormFloat64())
			} else {
				v[i] = float32((2*random.Float64() - 1) * bound)
			}
		}
		if initial.ForgetBias != 0 && strings.Contains(p.Name, "bias_ih") {
			for i := c.HiddenSize; i < 2*c.HiddenSize; i++ { // gates i, f, g, o
				v[i] = float32(initial.ForgetBias)
			}
		}
		values[p.Name] = v
	}
	return values
}
