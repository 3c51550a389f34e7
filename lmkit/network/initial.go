package network

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"owlm/lmkit/rnn"
)

// InitialWeights says how the weights of a new model are drawn. The zero value stands for PyTorch's distributions.
type InitialWeights struct {
	// Range, if positive, draws every weight, embedding and biases included, from U(-Range, Range), as Zaremba et al.
	// 2014 did.
	Range float64 `json:"range"`
	// ForgetBias, if not 0, is the initial input bias of the LSTM's forget gates; Jozefowicz et al. 2015 advise 1.
	// Other cells have no forget gate, and Problems reports it.
	ForgetBias float64 `json:"forget_bias"`
}

// initialLimit bounds the settings of initial weights: beyond it a typo is likely.
const initialLimit = 1000

// Problems lists every setting that is out of range or does not fit the cell.
func (i InitialWeights) Problems(cell rnn.Cell) []error {
	var problems []error
	add := func(format string, values ...any) { problems = append(problems, fmt.Errorf(format, values...)) }
	if !(i.Range >= 0 && i.Range < initialLimit) {
		add("the range of the initial weights is %v; it must be at least 0 and below %d", i.Range, initialLimit)
	}
	if !(i.ForgetBias > -initialLimit && i.ForgetBias < initialLimit) {
		add("the initial forget bias is %v; it must be between %d and %d", i.ForgetBias, -initialLimit, initialLimit)
	}
	if i.ForgetBias != 0 && cell != rnn.LSTM {
		add("the initial forget bias is a choice of the lstm, but the cell is %v; set it to 0", cell)
	}
	return problems
}

// weightsStream is the second half of the seed of the random generator. The order of windows and sampling have others,
// so that no two of them ever share a sequence.
const weightsStream = 1

// InitialValues draws the weights of a new model, by default as PyTorch does: the embedding from N(0,1), all others
// from U(-1/sqrt(H), 1/sqrt(H)). The keys are PyTorch's names. The same seed gives the same values.
func (c Config) InitialValues(seed uint64, initial InitialWeights) map[string][]float32 {
	random := rand.New(rand.NewPCG(seed, weightsStream))
	values := make(map[string][]float32)
	for _, w := range c.Weights() {
		bound := w.bound
		if initial.Range > 0 {
			bound = initial.Range
		}
		v := make([]float32, w.Size())
		for i := range v {
			if bound == 0 {
				v[i] = float32(random.NormFloat64())
			} else {
				v[i] = float32((2*random.Float64() - 1) * bound)
			}
		}
		if initial.ForgetBias != 0 && strings.Contains(w.Name, "bias_ih") {
			for i := c.HiddenSize; i < 2*c.HiddenSize; i++ { // gates i, f, g, o
				v[i] = float32(initial.ForgetBias)
			}
		}
		values[w.Name] = v
	}
	return values
}
