package text

import (
	"encoding/json"
	"fmt"
	"os"

	"owlm/internal/files"
	"owlm/lmkit/internal/bytepair"
)

// Tokenizer splits text into tokens and joins tokens into text.
type Tokenizer interface {
	// Tokenize splits any string, valid UTF-8 or not.
	Tokenize(text string) []string
	// Join joins tokens: words with single spaces, characters and the tokens of a BPE with nothing between them.
	Join(tokens []string) string
}

// tokenizerFile is the tokenizer.json of Words and Characters.
type tokenizerFile struct {
	Kind      string `json:"kind"`
	Lowercase bool   `json:"lowercase"`
}

// untrainedFile is the tokenizer.json of a BPE that is not trained.
type untrainedFile struct {
	Kind           string `json:"kind"`
	VocabularySize int    `json:"vocabulary_size"`
	MinFrequency   int    `json:"min_frequency"`
}

// MarshalTokenizer returns the tokenizer.json of a tokenizer of this package, such as {"kind":"word","lowercase":true}.
// For a trained BPE it is a file that Hugging Face's tokenizers read.
func MarshalTokenizer(t Tokenizer) ([]byte, error) {
	switch t := t.(type) {
	case Words:
		return json.Marshal(tokenizerFile{Kind(t), t.Lowercase})
	case Characters:
		return json.Marshal(tokenizerFile{Kind(t), t.Lowercase})
	case BPE:
		if t.Trained() {
			return t.merges.Marshal()
		}
		return json.Marshal(untrainedFile{Kind(t), t.VocabularySize, t.MinFrequency})
	}
	return nil, fmt.Errorf("a tokenizer of type %T cannot be saved", t)
}

// ParseTokenizer reads a tokenizer.json that MarshalTokenizer or Hugging Face's library wrote. Of the latter it accepts
// byte-level byte-pair encoding and refuses every setting that would give other tokens.
func ParseTokenizer(data []byte) (Tokenizer, error) {
	var what struct {
		Kind  string          `json:"kind"`
		Model json.RawMessage `json:"model"`
	}
	if err := json.Unmarshal(data, &what); err != nil {
		return nil, err
	}
	if what.Model != nil {
		learned, err := bytepair.Parse(data)
		if err != nil {
			return nil, err
		}
		return BPE{merges: learned}, nil
	}
	switch what.Kind {
	case "word", "character":
		var file tokenizerFile
		if err := files.StrictJSON(data, &file); err != nil {
			return nil, err
		}
		if file.Kind == "word" {
			return Words{Lowercase: file.Lowercase}, nil
		}
		return Characters{Lowercase: file.Lowercase}, nil
	case "bpe":
		var file untrainedFile
		if err := files.StrictJSON(data, &file); err != nil {
			return nil, err
		}
		b := BPE{VocabularySize: file.VocabularySize, MinFrequency: file.MinFrequency}
		return b, b.Validate()
	}
	return nil, fmt.Errorf("kind is %q; it must be word, character or bpe, unless the file is Hugging Face's "+
		"and has a model", what.Kind)
}

// Kind returns the name that --tokens and tokenizer.json use for a tokenizer: word, character or bpe. It returns "" for
// a tokenizer of another package.
func Kind(t Tokenizer) string {
	switch t.(type) {
	case Words:
		return "word"
	case Characters:
		return "character"
	case BPE:
		return "bpe"
	}
	return ""
}

// TokenizerFile is the name of a tokenizer's file in a model directory.
const TokenizerFile = "tokenizer.json"

// ReadTokenizer reads a tokenizer.json. Every error begins with its path.
func ReadTokenizer(path string) (Tokenizer, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, files.Reason(err))
	}
	t, err := ParseTokenizer(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return t, nil
}
