// Package bench times lmkit beside PyTorch and JAX: the same work, one process for each measurement, all systems in
// turn, in several rounds of one run. `lmkit bench` is its command.
package bench

import (
	"owlm/lmkit/corpora"
)

// Workload is one thing to time.
type Workload struct {
	// Name is short. Title describes the workload.
	Name  string `json:"name"`
	Title string `json:"title"`
	Kind  Kind   `json:"kind"`
	// Cell is the recurrence: rnn, lstm or gru (JAX: rnn or lstm).
	Cell string `json:"cell"`
	// The sizes of the model. For Products, Hidden is the size of the square matrices.
	Vocabulary int `json:"vocabulary"`
	Embedding  int `json:"embedding"`
	Hidden     int `json:"hidden"`
	Layers     int `json:"layers"`
	// Batch is the number of rows, Sequence the number of time steps. For Generate, Sequence is the prompt's length.
	Batch    int `json:"batch"`
	Sequence int `json:"sequence"`
	// EveryStep takes the loss at every time step, and carries the state to the next batch. Otherwise the loss is taken
	// at the last step only.
	EveryStep bool `json:"every_step"`
	// Long marks a workload with many time steps. An engine without loops repeats each of them in its graph.
	Long bool `json:"long,omitempty"`
	// Text is the text that Tutorial trains on.
	Text string `json:"text,omitempty"`
	// Warm is how many repetitions after the first are not timed. Timed ones follow for Seconds, but at least Least.
	Warm    int     `json:"warm"`
	Seconds float64 `json:"seconds"`
	Least   int     `json:"least"`
}

// Kind is what a workload repeats.
type Kind string

// The kinds of workloads.
const (
	Train    Kind = "train"    // training steps: forward, backward and update with Adam
	Generate Kind = "generate" // tokens, each drawn at temperature 0.8 and fed back
	Tutorial Kind = "tutorial" // the tutorial's whole training, compilation included; done once
	Products Kind = "products" // products of square matrices: the machine's limit
)

// Workloads returns the standard workloads.
func Workloads() []Workload {
	list := []Workload{
		{Name: "products", Title: "product of two matrices of 2048 x 2048", Kind: Products, Cell: "lstm", Hidden: 2048},
		{Name: "W1", Title: "the tutorial's model, one step", Kind: Train, Cell: "lstm",
			Vocabulary: 33, Embedding: 128, Hidden: 256, Layers: 2, Batch: 16, Sequence: 5},
		{Name: "W2", Title: "a word model, one step", Kind: Train, Cell: "lstm",
			Vocabulary: 10000, Embedding: 650, Hidden: 650, Layers: 2, Batch: 20, Sequence: 35,
			EveryStep: true, Long: true},
		{Name: "W3", Title: "a character model, one step", Kind: Train, Cell: "lstm",
			Vocabulary: 96, Embedding: 128, Hidden: 512, Layers: 2, Batch: 64, Sequence: 128,
			EveryStep: true, Long: true},
		{Name: "generation", Title: "one token of the tutorial's model", Kind: Generate, Cell: "lstm",
			Vocabulary: 33, Embedding: 128, Hidden: 256, Layers: 2, Batch: 1, Sequence: 5},
		{Name: "tutorial", Title: "the tutorial's training, 100 epochs", Kind: Tutorial, Cell: "lstm",
			Vocabulary: 30, Embedding: 128, Hidden: 256, Layers: 2, Batch: 16, Sequence: 5,
			Text: corpora.OwlText},
	}
	for i := range list {
		list[i].Warm, list[i].Seconds, list[i].Least = 5, 1.5, 3 // the first steps of W2 wait for memory
	}
	// PyTorch's script splits at spaces.
	list[len(list)-1].Text = spaced(corpora.OwlText)
	return list
}

// Tokens returns how many tokens one repetition reads, 0 if that has no meaning.
func (w Workload) Tokens() int {
	switch w.Kind {
	case Train:
		return w.Batch * w.Sequence
	case Generate:
		return 1
	}
	return 0
}

// Operations returns how many floating-point operations the matrix products of one repetition need, 0 if they are not
// counted. It counts two for each multiplication, and three times those of the forward pass for a training step.
func (w Workload) Operations() float64 {
	switch w.Kind {
	case Products:
		return 2 * cube(w.Hidden)
	case Train, Generate:
	default:
		return 0
	}
	gates := map[string]int{"rnn": 1, "lstm": 4, "gru": 3}[w.Cell]
	perToken := 0
	for l := range w.Layers {
		inputs := w.Hidden
		if l == 0 {
			inputs = w.Embedding
		}
		perToken += gates * w.Hidden * (inputs + w.Hidden)
	}
	outputs := w.Batch * w.Hidden * w.Vocabulary
	if w.Kind == Generate {
		return 2 * float64(perToken+outputs)
	}
	if w.EveryStep {
		outputs *= w.Sequence
	}
	return 6 * float64(w.Tokens()*perToken+outputs)
}

func cube(n int) float64 { return float64(n) * float64(n) * float64(n) }
