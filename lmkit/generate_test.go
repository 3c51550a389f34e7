package lmkit_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/sample"
	"owlm/lmkit/text"
)

// TestGenerate compares greedy generation with reading the whole text again for every token.
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
					logits, err := m.Logits(read)
					if err != nil {
						t.Fatal(err)
					}
					words = append(words, m.Vocabulary.Token(int32(sample.Argmax(logits[len(logits)-1]))))
				}
				samples, err := m.Samples(context.Background(), "Once upon a time", lmkit.GenerateConfig{Length: 6, Context: contextLength}, 1)
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

// TestLongPrompt reads a prompt that is longer than what is read at once.
func TestLongPrompt(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	prompt := strings.Repeat("once upon a time , in a land far away , ", 15)
	logits, err := m.Logits(m.Tokenizer.Tokenize(prompt))
	if err != nil {
		t.Fatal(err)
	}
	for token, err := range m.Generate(t.Context(), prompt, lmkit.GenerateConfig{Length: 1}) {
		if want := m.Vocabulary.Token(int32(sample.Argmax(logits[len(logits)-1]))); err != nil || token.Token != want {
			t.Errorf("%q, %v, want %q", token, err, want)
		}
	}
}

func TestSeedsAndSamples(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	texts := func(seed uint64, n int) []string {
		samples, err := m.Samples(context.Background(), "owl", lmkit.GenerateConfig{Length: 12, Temperature: 2, Seed: seed}, n)
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

func TestStopAndEmptyPrompt(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	c := lmkit.GenerateConfig{Length: 500, Temperature: 1, Stop: "owl", Seed: 5}
	samples, err := m.Samples(context.Background(), "", c, 2)
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

// TestEvaluate compares the losses with ones worked out token by token.
func TestEvaluate(t *testing.T) {
	for _, engine := range engines(t) {
		m := newModel(t, engine, network.Config{Cell: rnn.GRU, EmbeddingSize: 6, HiddenSize: 8, Layers: 2})
		corpus := strings.Repeat(corpora.OwlText, 4) // longer than what is read at once
		tokens := m.Tokenizer.Tokenize(corpus)
		for _, contextLength := range []int{0, 1, 5, 1000} {
			want := carriedLoss(t, m, tokens)
			if contextLength > 0 {
				want = contextLoss(t, m, tokens, contextLength)
			}
			e, err := m.Evaluate(context.Background(), text.String("", corpus), lmkit.EvaluateConfig{Context: contextLength})
			if err != nil {
				t.Fatal(err)
			}
			want /= float64(len(tokens) - 1)
			if math.Abs(e.Loss-want) > 1e-4 || e.Tokens != len(tokens) || math.Abs(e.Perplexity-math.Exp(want)) > 1e-2 {
				t.Errorf("%s, context %d: %+v, want loss %v", engine, contextLength, e, want)
			}
		}
	}
}

// contextLoss reads, for every prediction, the tokens before it from a zero state.
func contextLoss(t *testing.T, m *lmkit.Model, tokens []string, contextLength int) float64 {
	sum := 0.0
	for i := 1; i < len(tokens); i++ {
		logits, err := m.Logits(tokens[max(0, i-contextLength):i])
		if err != nil {
			t.Fatal(err)
		}
		id, _ := m.Vocabulary.ID(tokens[i])
		sum -= math.Log(sample.Softmax(logits[len(logits)-1], 1)[id])
	}
	return sum
}

// carriedLoss reads the text once.
func carriedLoss(t *testing.T, m *lmkit.Model, tokens []string) float64 {
	logits, err := m.Logits(tokens)
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for i := 1; i < len(tokens); i++ {
		id, _ := m.Vocabulary.ID(tokens[i])
		sum -= math.Log(sample.Softmax(logits[i-1], 1)[id])
	}
	return sum
}

// TestGenerateText compares pieces with whole texts: with byte-pair encoding that has learned nothing but bytes every
// character beyond ASCII is cut, and a model that was not trained writes bytes that make none.
func TestGenerateText(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, tokenizer := range []text.Tokenizer{text.BPE{}, text.Words{}, text.Characters{}} {
		vocabulary := (text.BPE{}).Vocabulary()
		if text.Kind(tokenizer) != "bpe" {
			if vocabulary, err = text.NewVocabulary(tokenizer.Tokenize("Où est l'été ?"), text.VocabularyOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		m, err := lmkit.New(engine, network.Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1}, tokenizer, vocabulary, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, prompt := range []string{"Où est l'été", "Où", ""} {
			for length := range 12 {
				c := lmkit.GenerateConfig{Length: length, Temperature: 1.5, Seed: uint64(length)}
				samples, err := m.Samples(t.Context(), prompt, c, 1)
				if err != nil {
					t.Fatal(err)
				}
				var whole strings.Builder
				whole.WriteString(prompt)
				for token, err := range m.Generate(t.Context(), prompt, c) {
					if err != nil || !utf8.ValidString(token.Text) {
						t.Errorf("%+v, %v", token, err)
					}
					if token.Text == "" {
						held++
					}
					whole.WriteString(token.Text)
				}
				if s := samples[0]; whole.String() != s.Text || !strings.HasPrefix(s.Text, prompt) || len(s.Tokens) != length || !utf8.ValidString(s.Text) {
					t.Errorf("%T: pieces are %q, the text %q of %q", tokenizer, whole.String(), s.Text, s.Tokens)
				}
			}
		}
	}
	if held == 0 {
		t.Error("no token ended within a character, so that nothing is shown")
	}
	m := newModel(t, backend.Go, network.Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1})
	for _, err := range m.Generate(t.Context(), "a dragon", lmkit.GenerateConfig{Length: 1}) {
		want.Error(t, err, `"dragon"`)
	}
}

// TestTokens compares what Generate says of each token with the model's logits and with Samples.
func TestTokens(t *testing.T) {
	m := newModel(t, backend.Go, network.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	c := lmkit.GenerateConfig{Length: 8, Temperature: 1.5, TopK: 4, Seed: 3}
	words, written := []string{"the", "owl"}, "The owl"
	for token, err := range m.Generate(t.Context(), "The owl", c) {
		if err != nil {
			t.Fatal(err)
		}
		logits, err := m.Logits(words)
		if err != nil {
			t.Fatal(err)
		}
		if p := sample.Softmax(logits[len(logits)-1], 1)[token.ID]; math.Abs(p-token.Probability) > 1e-5 {
			t.Errorf("%+v, the model gives it %v", token, p)
		}
		if token.Token != m.Vocabulary.Token(token.ID) || token.String() != token.Token || token.Text != " "+token.Token {
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
	for range m.Generate(t.Context(), "owl", lmkit.GenerateConfig{Length: 1 << 20, Temperature: 1}) {
		if count++; count == 5 {
			break
		}
	}
}

// TestSideBySide generates and evaluates in several goroutines at once: each gives what it gives alone.
func TestSideBySide(t *testing.T) {
	for _, engine := range engines(t) {
		m := newModel(t, engine, network.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 2})
		const clients = 8
		texts := make([]string, clients)
		write := func(m *lmkit.Model, client int) (string, error) {
			c := lmkit.GenerateConfig{Length: 30, Temperature: 1.2, Seed: uint64(client)}
			if client%3 == 0 {
				c.Context = 4
			}
			var b strings.Builder
			for token, err := range m.Generate(t.Context(), strings.Repeat("the owl ", 1+client*5), c) {
				if err != nil {
					return "", err
				}
				b.WriteString(token.Text)
			}
			e, err := m.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{})
			fmt.Fprint(&b, e.Loss)
			return b.String(), err
		}
		alone := newModel(t, engine, m.Config)
		for client := range texts {
			var err error
			if texts[client], err = write(alone, client); err != nil {
				t.Fatal(err)
			}
		}
		var all sync.WaitGroup
		for client := range texts {
			for range 2 {
				all.Go(func() {
					got, err := write(m, client)
					if err != nil || got != texts[client] {
						t.Errorf("%s, client %d: %q, %v; alone %q", engine, client, got, err, texts[client])
					}
				})
			}
		}
		all.Wait()
	}
}
