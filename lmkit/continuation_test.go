package lmkit_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"owlm/internal/want"
	"owlm/lmkit"
	"owlm/lmkit/backend"
	"owlm/lmkit/network"
	"owlm/lmkit/text"
)

// TestGenerateText compares the texts of tokens with whole texts. Byte-pair encoding that has learned nothing cuts
// every character beyond ASCII, and an untrained model writes bytes that make no character.
func TestGenerateText(t *testing.T) {
	engine, err := backend.Open(backend.Go)
	if err != nil {
		t.Fatal(err)
	}
	held := 0
	for _, tokenizer := range []text.Tokenizer{text.BPE{}, text.Words{}, text.Characters{}} {
		vocabulary := (text.BPE{}).Vocabulary()
		if text.Kind(tokenizer) != "bpe" {
			tokens := tokenizer.Tokenize("Où est l'été ?")
			if vocabulary, err = text.NewVocabulary(tokens, text.VocabularyOptions{}); err != nil {
				t.Fatal(err)
			}
		}
		config := network.Config{EmbeddingSize: 4, HiddenSize: 4, Layers: 1}
		m, err := lmkit.New(engine, config, tokenizer, vocabulary, 1)
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
				s := samples[0]
				if whole.String() != s.Text || !strings.HasPrefix(s.Text, prompt) || len(s.Tokens) != length ||
					!utf8.ValidString(s.Text) {
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
