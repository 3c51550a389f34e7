package flow

import (
	"testing"

	"owlm/lmkit/backend"
	"owlm/lmkit/rnn"
)

// TestGradientFlow compares how much of its gradient each cell keeps over 12 time steps.
func TestGradientFlow(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	flow := func(f Config) []float64 {
		f.HiddenSize, f.Steps, f.Seed = 32, 12, 1
		norms, err := Measure(engine, f)
		if err != nil {
			t.Fatal(err)
		}
		if len(norms) != 12 || norms[0] != 1 {
			t.Errorf("norms %v", norms)
		}
		return norms
	}
	simple, lstm := flow(Config{Cell: rnn.RNN}), flow(Config{Cell: rnn.LSTM, ForgetBias: 1})
	if last := len(simple) - 1; simple[last] > 1e-2 || simple[last] > lstm[last] {
		t.Errorf("the simple RNN keeps %v of its gradient, the LSTM %v", simple[last], lstm[last])
	}
}
