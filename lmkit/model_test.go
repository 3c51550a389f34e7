package lmkit_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"owlm/internal/enginetest"
	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// engines lists the engines that tests run on: the Go engine and, unless the tests are short, XLA.
func engines(t testing.TB) []string { return enginetest.Names(t) }

// newModel returns an untrained model with the words of the owl text.
func newModel(t testing.TB, engineName string, config network.Config) *lmkit.Model {
	engine, err := backend.Open(engineName)
	if err != nil {
		t.Fatal(err)
	}
	tokenizer := text.Words{Lowercase: true}
	vocabulary, err := text.NewVocabulary(tokenizer.Tokenize(corpora.OwlText), text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := lmkit.New(engine, config, tokenizer, vocabulary, 1)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestClose closes a model. What needs its weights must be an error, what needs none must work, and so must the engine.
func TestClose(t *testing.T) {
	for _, engine := range engines(t) {
		m := newModel(t, engine, lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
		if _, err := m.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{}); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := m.Save(dir); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		}
		_, err := m.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{})
		want.Error(t, err, "the model is closed")
		for _, prompt := range []string{"owl", ""} {
			_, err = m.Samples(t.Context(), prompt, lmkit.GenerateConfig{Length: 1}, 1)
			want.Error(t, err, "the model is closed")
		}
		_, _, err = m.Weight("fc.bias")
		want.Error(t, err, "the model is closed")
		want.Error(t, m.LoadWeights(dir), "the model is closed")
		want.Error(t, m.Initialize(1, network.InitialWeights{}), "the model is closed")
		want.Error(t, m.SaveWeights(dir), "the model is closed")
		nothing := filepath.Join(t.TempDir(), "model")
		want.Error(t, m.Save(nothing), "the model is closed")
		if _, err := os.Stat(nothing); err == nil {
			t.Error("a directory was made for a model that is closed")
		}
		if err := m.SaveDescription(nothing); err != nil {
			t.Error(err)
		}
		if again := newModel(t, engine, m.Config); again != nil {
			if _, err := again.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{}); err != nil {
				t.Error(err)
			}
		}
	}
}

// TestSideBySide generates and evaluates in several goroutines at once. Each must give what it gives alone.
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

func ExampleModel_String() {
	vocabulary, err := text.NewVocabulary([]string{"a", "b", "c"}, text.VocabularyOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	engine, err := backend.Open(backend.Go)
	if err != nil {
		fmt.Println(err)
		return
	}
	config := lmkit.Config{Cell: rnn.RNN, EmbeddingSize: 4, HiddenSize: 8, Layers: 1}
	model, err := lmkit.New(engine, config, text.Words{}, vocabulary, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(model)
	// Output:
	// RNN language model: vocabulary 3, embedding 4, hidden 8, 1 layer
	//   embedding.weight   [3, 4]                12
	//   rnn.weight_ih_l0   [8, 4]                32
	//   rnn.weight_hh_l0   [8, 8]                64
	//   rnn.bias_ih_l0     [8]                    8
	//   rnn.bias_hh_l0     [8]                    8
	//   fc.weight          [3, 8]                24
	//   fc.bias            [3]                    3
	//   parameters                              151
}
