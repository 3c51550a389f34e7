package lmkit_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/sample"
)

// TestGenerate compares greedy generation with a model that reads the whole text again for every token.
func TestGenerate(t *testing.T) {
	for _, engine := range engines(t) {
		for _, cell := range []rnn.Cell{rnn.RNN, rnn.LSTM, rnn.GRU} {
			m := newModel(t, engine, network.Config{Cell: cell, EmbeddingSize: 6, HiddenSize: 8, Layers: 2})
			for _, contextLength := range []int{0, 3, 100} {
				words := []string{"once", "upon", "a", "time"}
				for range 6 {
					read := words
					if contextLength > 0 {
						read = words[max(0, len(words)-contextLength):]
					}
					logits, err := m.Logits(t.Context(), read)
					if err != nil {
						t.Fatal(err)
					}
					words = append(words, m.Vocabulary.Token(int32(sample.Argmax(logits[len(logits)-1]))))
				}
				c := lmkit.GenerateConfig{Length: 6, Context: contextLength}
				samples, err := m.Samples(t.Context(), "Once upon a time", c, 1)
				if err != nil {
					t.Fatal(err)
				}
				if got := samples[0].Tokens; !slices.Equal(got, words[4:]) {
					t.Errorf("%s, %v, context %d: %q, want %q", engine, cell, contextLength, got, words[4:])
				}
				if want := "Once upon a time " + strings.Join(words[4:], " "); samples[0].Text != want {
					t.Errorf("text %q, want %q", samples[0].Text, want)
				}
			}
		}
	}
}

// TestLongPrompt continues a prompt that is longer than what one call of the engine reads.
func TestLongPrompt(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	prompt := strings.Repeat("once upon a time , in a land far away , ", 15)
	logits, err := m.Logits(t.Context(), m.Tokenizer.Tokenize(prompt))
	if err != nil {
		t.Fatal(err)
	}
	for token, err := range m.Generate(t.Context(), prompt, lmkit.GenerateConfig{Length: 1}) {
		if want := m.Vocabulary.Token(int32(sample.Argmax(logits[len(logits)-1]))); err != nil || token.Token != want {
			t.Errorf("%q, %v, want %q", token, err, want)
		}
	}
}

// TestSeedsAndSamples checks that one seed gives one text, and that several samples differ.
func TestSeedsAndSamples(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	texts := func(seed uint64, n int) []string {
		c := lmkit.GenerateConfig{Length: 12, Temperature: 2, Seed: seed}
		samples, err := m.Samples(t.Context(), "owl", c, n)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, s := range samples {
			list = append(list, s.Text)
		}
		return list
	}
	three := texts(1, 3)
	if !slices.Equal(three, texts(1, 3)) {
		t.Error("one seed gives two texts")
	}
	if three[0] == three[1] || three[0] == texts(2, 1)[0] {
		t.Error("two samples, or two seeds, give one text")
	}
	if three[0] != texts(1, 1)[0] {
		t.Error("the first of several samples is not the one that is drawn alone")
	}
}

// TestStopAndEmptyPrompt ends texts with a stop token, and begins them with nothing.
func TestStopAndEmptyPrompt(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	c := lmkit.GenerateConfig{Length: 500, Temperature: 1, Stop: "owl", Seed: 5}
	samples, err := m.Samples(t.Context(), "", c, 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range samples {
		if at := slices.Index(s.Tokens, "owl"); at != len(s.Tokens)-1 {
			t.Errorf("%d tokens, the stop token is at %d", len(s.Tokens), at)
		}
		if strings.HasPrefix(s.Text, " ") {
			t.Errorf("text %q begins with a space", s.Text)
		}
	}
	var streamed []string
	for token := range m.Generate(t.Context(), "", c) {
		streamed = append(streamed, token.Token)
	}
	if !slices.Equal(streamed, samples[0].Tokens) {
		t.Errorf("streamed %q, at once %q", streamed, samples[0].Tokens)
	}
}

// TestTokens compares the fields of each token that Generate yields with the logits and with Samples.
func TestTokens(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	c := lmkit.GenerateConfig{Length: 8, Temperature: 1.5, TopK: 4, Seed: 3}
	words, written := []string{"the", "owl"}, "The owl"
	for token, err := range m.Generate(t.Context(), "The owl", c) {
		if err != nil {
			t.Fatal(err)
		}
		logits, err := m.Logits(t.Context(), words)
		if err != nil {
			t.Fatal(err)
		}
		if p := sample.Softmax(logits[len(logits)-1], 1)[token.ID]; math.Abs(p-token.Probability) > 1e-5 {
			t.Errorf("%+v, the model gives it %v", token, p)
		}
		word := m.Vocabulary.Token(token.ID)
		if token.Token != word || token.String() != word || token.Text != " "+word {
			t.Errorf("%+v", token)
		}
		words, written = append(words, token.Token), written+token.Text
	}
	samples, err := m.Samples(t.Context(), "The owl", c, 1)
	if err != nil || samples[0].Text != written || len(words) != 10 {
		t.Errorf("%q, Samples has %+v, %v", written, samples, err)
	}
}

// TestGenerateEnds cancels the context of a generation after its third token, and leaves another after its second.
func TestGenerateEnds(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	count := 0
	var last error
	for _, err := range m.Generate(ctx, "owl", lmkit.GenerateConfig{Length: 1 << 20, Temperature: 1}) {
		if last = err; err == nil {
			count++
		}
		if count == 3 {
			cancel()
		}
	}
	if count != 3 || !errors.Is(last, context.Canceled) {
		t.Errorf("%d tokens, %v", count, last)
	}
	if _, err := m.Logits(ctx, []string{"owl"}); !errors.Is(err, context.Canceled) {
		t.Errorf("logits: %v", err)
	}
	for range m.Generate(t.Context(), "owl", lmkit.GenerateConfig{Length: 1 << 20, Temperature: 1}) {
		if count++; count == 5 {
			break
		}
	}
}

// TestGenerateRefuses checks the errors of settings that are out of range, and of tokens that are not in the
// vocabulary.
func TestGenerateRefuses(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1})
	for _, test := range []struct {
		prompt string
		config lmkit.GenerateConfig
		want   string
	}{
		{"a dragon", lmkit.GenerateConfig{Length: 1}, `"dragon"`},
		{"owl", lmkit.GenerateConfig{Length: -1}, "length is -1"},
		{"owl", lmkit.GenerateConfig{Length: 1, Temperature: -1}, "temperature is -1"},
		{"owl", lmkit.GenerateConfig{Length: 1, TopK: -1}, "top-k is -1"},
		{"owl", lmkit.GenerateConfig{Length: 1, TopP: 1.5}, "top-p is 1.5"},
		{"owl", lmkit.GenerateConfig{Length: 1, Stop: "dragon"}, `"dragon"`},
		{"owl", lmkit.GenerateConfig{Length: -1, Context: network.MaximumSize + 1}, "0 or more; context is 16777217"},
		{"owl", lmkit.GenerateConfig{Length: 1, Context: -2}, "context is -2"},
	} {
		_, err := m.Samples(t.Context(), test.prompt, test.config, 1)
		want.Error(t, err, test.want)
	}
}
