package lmkit_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rnn"
	"owlm/lmkit/text"
)

// TestEvaluationCompilesOnce evaluates texts of 30 lengths, in each way: there are few graphs, and the losses are those of each text.
func TestEvaluationCompilesOnce(t *testing.T) {
	for _, engine := range engines(t) {
		m := newModel(t, engine, lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
		tokens := m.Tokenizer.Tokenize(strings.Repeat(corpora.OwlText, 4))
		for length := 2; length < 100; length += 3 {
			some := tokens[len(tokens)-length:]
			e, err := m.Evaluate(t.Context(), text.String("", strings.Join(some, " ")), lmkit.EvaluateConfig{})
			if err != nil {
				t.Fatal(err)
			}
			if loss := carriedLoss(t, m, some) / float64(length-1); e.Tokens != length || math.Abs(e.Loss-loss) > 1e-4 {
				t.Errorf("%s, %d tokens: %+v, want loss %v", engine, length, e, loss)
			}
			if e, err = m.Evaluate(t.Context(), text.String("", strings.Join(some, " ")), lmkit.EvaluateConfig{Context: 5}); err != nil {
				t.Fatal(err)
			}
			if loss := contextLoss(t, m, some, 5) / float64(length-1); math.Abs(e.Loss-loss) > 1e-4 {
				t.Errorf("%s, %d tokens, context 5: %+v, want loss %v", engine, length, e, loss)
			}
		}
		count := 0
		for _, c := range m.Compilations() {
			if c.What == "evaluation" {
				count++
			}
		}
		if count > 6 { // 16 and 64 steps, and on XLA 256; windows of 5 in 1, 8 or 64 rows
			t.Errorf("%s: %d graphs were compiled", engine, count)
		}
	}
}

// TestEvaluateDocuments compares documents that are kept apart with each of them by itself.
func TestEvaluateDocuments(t *testing.T) {
	for _, engine := range engines(t) {
		m := newModel(t, engine, lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 6, HiddenSize: 8, Layers: 2})
		var documents []string
		for i := range 80 {
			document := strings.Repeat(corpora.OwlText, 3)[1:]
			documents = append(documents, strings.Join(m.Tokenizer.Tokenize(document)[i%40:i%40+i%9*i%50], " "))
		}
		ids := make([][]int32, len(documents))
		for i, document := range documents {
			var err error
			if ids[i], err = m.Vocabulary.Encode(m.Tokenizer.Tokenize(document)); err != nil {
				t.Fatal(err)
			}
		}
		for _, contextLength := range []int{0, 1, 5} {
			sum, predictions, tokens := 0.0, 0, 0
			for _, document := range documents {
				e, err := m.Evaluate(t.Context(), text.String("", document), lmkit.EvaluateConfig{Context: contextLength})
				n := len(m.Tokenizer.Tokenize(document))
				tokens += n
				if n < 2 {
					want.Error(t, err, "evaluation needs at least 2")
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				sum, predictions = sum+e.Loss*float64(n-1), predictions+n-1
			}
			for name, source := range map[string]text.Source{
				"documents": text.Apart("", documents...), "ids": text.Ready("", m.Vocabulary, ids...),
			} {
				e, err := m.Evaluate(t.Context(), source, lmkit.EvaluateConfig{Context: contextLength})
				if err != nil {
					t.Fatal(err)
				}
				loss := sum / float64(predictions)
				bits := sum / math.Ln2 / float64(len(strings.Join(documents, "")))
				if e.Tokens != tokens || math.Abs(e.Loss-loss) > 1e-5 || name == "documents" && math.Abs(e.BitsPerCharacter-bits) > 1e-5 {
					t.Errorf("%s, %s, context %d: %+v, want loss %v of %d tokens, %v bits", engine, name, contextLength, e, loss, tokens, bits)
				}
			}
		}
	}
	m := newModel(t, backend.Go, lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 6, HiddenSize: 8, Layers: 2})
	_, err := m.Evaluate(t.Context(), text.Apart("rows", "owl", "night", ""), lmkit.EvaluateConfig{})
	want.Error(t, err, "rows", "none of the 3 documents")
	_, err = m.Evaluate(t.Context(), text.Apart("rows", "owl night", "the dragon"), lmkit.EvaluateConfig{})
	want.Error(t, err, "rows", `"dragon"`)
	other, err := text.NewVocabulary([]string{"a", "b"}, text.VocabularyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Evaluate(t.Context(), text.Ready("ids", other, []int32{0, 1}), lmkit.EvaluateConfig{})
	want.Error(t, err, "ids", "another vocabulary")
}

// TestEvaluateEnds cancels an evaluation.
func TestEvaluateEnds(t *testing.T) {
	m := newModel(t, backend.Go, lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, contextLength := range []int{0, 5} {
		if _, err := m.Evaluate(ctx, corpora.Owl, lmkit.EvaluateConfig{Context: contextLength}); !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}

// TestClose closes a model: what would compute is an error of one line, and closing twice is none.
func TestClose(t *testing.T) {
	for _, engine := range engines(t) {
		m := newModel(t, engine, lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
		if _, err := m.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := m.Close(); err != nil {
				t.Error(err)
			}
		}
		_, err := m.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{})
		want.Error(t, err, "the model is closed")
		_, err = m.Samples(t.Context(), "owl", lmkit.GenerateConfig{Length: 1}, 1)
		want.Error(t, err, "the model is closed")
		// The engine goes on.
		if again := newModel(t, engine, m.Config); again != nil {
			if _, err := again.Evaluate(t.Context(), corpora.Owl, lmkit.EvaluateConfig{}); err != nil {
				t.Error(err)
			}
		}
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
	model, err := lmkit.New(engine, lmkit.Config{Cell: rnn.RNN, EmbeddingSize: 4, HiddenSize: 8, Layers: 1}, text.Words{}, vocabulary, 1)
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
