package lmkit_test

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/network"
	"owlm/lmkit/rnn"
	"owlm/lmkit/sample"
	"owlm/lmkit/text"
)

// TestEvaluate compares the losses with those that are computed token by token.
func TestEvaluate(t *testing.T) {
	for _, engine := range engines(t) {
		m := newModel(t, engine, network.Config{Cell: rnn.GRU, EmbeddingSize: 6, HiddenSize: 8, Layers: 2})
		content := strings.Repeat(corpora.OwlText, 4) // longer than what is read at once
		tokens := m.Tokenizer.Tokenize(content)
		for _, contextLength := range []int{0, 1, 5, 1000} {
			want := carriedLoss(t, m, tokens)
			if contextLength > 0 {
				want = contextLoss(t, m, tokens, contextLength)
			}
			c := lmkit.EvaluateConfig{Context: contextLength}
			e, err := m.Evaluate(t.Context(), text.String("", content), c)
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

// contextLoss sums the losses of a model that reads the tokens before each prediction from a zero state.
func contextLoss(t *testing.T, m *lmkit.Model, tokens []string, contextLength int) float64 {
	sum := 0.0
	for i := 1; i < len(tokens); i++ {
		logits, err := m.Logits(t.Context(), tokens[max(0, i-contextLength):i])
		if err != nil {
			t.Fatal(err)
		}
		id, _ := m.Vocabulary.ID(tokens[i])
		sum -= math.Log(sample.Softmax(logits[len(logits)-1], 1)[id])
	}
	return sum
}

// carriedLoss sums the losses of a model that reads the text once.
func carriedLoss(t *testing.T, m *lmkit.Model, tokens []string) float64 {
	logits, err := m.Logits(t.Context(), tokens)
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

// TestEvaluationCompilesOnce evaluates texts of 30 lengths in both ways. The losses must be right, and the graphs few.
func TestEvaluationCompilesOnce(t *testing.T) {
	for _, engine := range engines(t) {
		m := newModel(t, engine, lmkit.Config{Cell: rnn.LSTM, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
		tokens := m.Tokenizer.Tokenize(strings.Repeat(corpora.OwlText, 4))
		for length := 2; length < 100; length += 3 {
			some := tokens[len(tokens)-length:]
			source := text.String("", strings.Join(some, " "))
			e, err := m.Evaluate(t.Context(), source, lmkit.EvaluateConfig{})
			if err != nil {
				t.Fatal(err)
			}
			loss := carriedLoss(t, m, some) / float64(length-1)
			if e.Tokens != length || math.Abs(e.Loss-loss) > 1e-4 {
				t.Errorf("%s, %d tokens: %+v, want loss %v", engine, length, e, loss)
			}
			if e, err = m.Evaluate(t.Context(), source, lmkit.EvaluateConfig{Context: 5}); err != nil {
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

// TestEvaluateDocuments compares documents that are kept apart with the same documents, each by itself.
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
			c := lmkit.EvaluateConfig{Context: contextLength}
			sum, predictions, tokens := 0.0, 0, 0
			for _, document := range documents {
				e, err := m.Evaluate(t.Context(), text.String("", document), c)
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
				e, err := m.Evaluate(t.Context(), source, c)
				if err != nil {
					t.Fatal(err)
				}
				loss := sum / float64(predictions)
				bits := sum / math.Ln2 / float64(len(strings.Join(documents, "")))
				wrong := e.Tokens != tokens || math.Abs(e.Loss-loss) > 1e-5
				if wrong || name == "documents" && math.Abs(e.BitsPerCharacter-bits) > 1e-5 {
					t.Errorf("%s, %s, context %d: %+v, want loss %v of %d tokens, %v bits",
						engine, name, contextLength, e, loss, tokens, bits)
				}
			}
		}
	}
}

// TestEvaluateRefuses evaluates sources that have nothing to predict, or tokens that the model does not know.
func TestEvaluateRefuses(t *testing.T) {
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
	_, err = m.Evaluate(t.Context(), text.Ready("ids", nil, []int32{0, 1}), lmkit.EvaluateConfig{})
	want.Error(t, err, "ids: token ids need their vocabulary")
	_, err = m.Evaluate(t.Context(), text.Apart("rows"), lmkit.EvaluateConfig{})
	want.Error(t, err, "rows: the source has no text")
}

// TestEvaluateEnds cancels an evaluation.
func TestEvaluateEnds(t *testing.T) {
	m := newModel(t, backend.Go, lmkit.Config{Cell: rnn.GRU, EmbeddingSize: 6, HiddenSize: 8, Layers: 1})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, contextLength := range []int{0, 5} {
		_, err := m.Evaluate(ctx, corpora.Owl, lmkit.EvaluateConfig{Context: contextLength})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v", err)
		}
	}
}
