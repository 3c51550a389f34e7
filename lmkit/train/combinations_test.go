package train

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"owlm/lmkit"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// tokenizers has one tokenizer of each kind.
var tokenizers = []text.Tokenizer{text.Words{Lowercase: true}, text.Characters{}, text.BPE{VocabularySize: 270}}

// TestEveryCombinationTrains trains, saves, opens, evaluates and generates with each cell, objective, tokenizer and
// optimizer, and compares the losses of the engines.
func TestEveryCombinationTrains(t *testing.T) {
	objectives := []Objective{Windows{Length: 5}, Stream{Length: 4}}
	number := 0
	for _, cell := range []rnn.Cell{rnn.RNN, rnn.LSTM, rnn.GRU} {
		for _, objective := range objectives {
			for _, tokenizer := range tokenizers {
				c := tiny("")
				c.Model.Cell, c.Objective, c.Tokenizer = cell, objective, tokenizer
				c.Optimizer = Optimizers[number%len(Optimizers)]
				c.Model.ResetBefore = cell == rnn.GRU && number%2 == 0
				c.BatchSize, c.Clip = 4, 0.5
				if c.Optimizer == "rmsprop" {
					// Measured with this seed, byte-pair encoding and the LSTM: within 11 steps the losses of the
					// engines differ by 2e-4 at Adam's rate of 0.01, and by 4e-5 at this rate, which is char-rnn's.
					// With two other seeds, and with Adam and SGD, they differ by less than 3e-6. The likely cause, not
					// proved, is that RMSprop scales up the rounding of gradients near 0.
					c.LearningRate = 2e-3
				}
				number++
				t.Run(fmt.Sprintf("%v/%T/%s/%s", cell, objective, text.Kind(tokenizer), c.Optimizer),
					func(t *testing.T) { trainOnAll(t, c) })
			}
		}
	}
}

func trainOnAll(t *testing.T, c Config) {
	t.Parallel()
	var first []float64
	for _, engine := range engines(t) {
		h := &lossHook{}
		c.Backend, c.Hooks, c.Directory = engine, []Hook{h}, filepath.Join(t.TempDir(), "run")
		m := train(t, c)
		if first == nil {
			first = h.steps
		}
		for i := range first {
			if math.Abs(h.steps[i]-first[i]) > 1e-4 {
				t.Fatalf("step %d: loss %v on %s, %v on go", i+1, h.steps[i], engine, first[i])
			}
		}
		if h.epochs[1] >= h.epochs[0] {
			t.Errorf("%s: the loss rose from %v to %v", engine, h.epochs[0], h.epochs[1])
		}
		opened, err := lmkit.Open(c.Directory, engine)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(bytesOf(t, m), bytesOf(t, opened)) {
			t.Error("the opened model has other weights")
		}
		if e, err := opened.Evaluate(context.Background(), corpora.Owl, lmkit.EvaluateConfig{}); err != nil ||
			math.Abs(e.BitsPerCharacter*float64(len(corpora.OwlText))*math.Ln2/float64(e.Tokens-1)-e.Loss) > 1e-9 {
			t.Errorf("%+v, %v", e, err)
		}
		samples, err := opened.Samples(context.Background(), "Once upon",
			lmkit.GenerateConfig{Length: 7, Temperature: 1}, 2)
		if err != nil || len(samples) != 2 || len(samples[0].Tokens) != 7 ||
			!strings.HasPrefix(samples[1].Text, "Once upon") {
			t.Errorf("%+v, %v", samples, err)
		}
	}
}
