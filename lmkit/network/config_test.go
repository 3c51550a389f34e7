package network

import (
	"math"
	"testing"

	"owlm/internal/oneline"
	"owlm/internal/want"
	"owlm/lmkit/rnn"
)

// TestValidate checks that one line names every problem.
func TestValidate(t *testing.T) {
	c := Config{Cell: rnn.LSTM, VocabularySize: 30, EmbeddingSize: 8, HiddenSize: 12, Layers: 2}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
	c = Config{Cell: 7, EmbeddingSize: -1, HiddenSize: MaximumSize + 1, Layers: 257, Dropout: math.NaN(),
		TieWeights: true, ResetBefore: true, Context: -1}
	want.Error(t, c.Validate(), "cell is Cell(7)", "vocabulary size is 0", "embedding size is -1",
		"hidden size is 16777217", "layers is 257", "dropout is NaN", "equal sizes", "choice of the gru",
		"context is -1")
	large := Config{VocabularySize: MaximumSize, EmbeddingSize: 1024, HiddenSize: 1, Layers: 1}
	want.Error(t, large.Validate(), "17,2", "at most 2,147,483,647")
}

// TestInitialWeights checks the limits that the messages name.
func TestInitialWeights(t *testing.T) {
	for _, c := range []struct {
		initial InitialWeights
		cell    rnn.Cell
		problem string // "" for none
	}{
		{InitialWeights{}, rnn.GRU, ""}, {InitialWeights{Range: 999, ForgetBias: -999}, rnn.LSTM, ""},
		{InitialWeights{Range: 1000}, rnn.GRU, "initial weights is 1000; it must be at least 0 and below 1000"},
		{InitialWeights{Range: -1}, rnn.GRU, "initial weights is -1"},
		{InitialWeights{ForgetBias: 1000}, rnn.LSTM, "forget bias is 1000; it must be between -1000 and 1000"},
		{InitialWeights{ForgetBias: math.NaN()}, rnn.LSTM, "forget bias is NaN"},
		{InitialWeights{ForgetBias: 1}, rnn.GRU, "choice of the lstm"},
	} {
		err := oneline.Join(c.initial.Problems(c.cell))
		if c.problem == "" && err != nil {
			t.Errorf("%+v: %v", c.initial, err)
		}
		if c.problem != "" {
			want.Error(t, err, c.problem)
		}
	}
}

func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"format":1,"cell":"lstm","vocabulary_size":30,"embedding_size":128,"hidden_size":256,"layers":2}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var c Config
		if c.UnmarshalJSON(data) == nil && c.Validate() != nil {
			t.Errorf("%s was read as %+v", data, c)
		}
	})
}
