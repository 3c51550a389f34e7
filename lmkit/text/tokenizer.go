package text

import (
	"encoding/json"
	"fmt"
	"os"

	"owlm/internal/files"
	"owlm/lmkit/internal/bytepair"
)

// Tokenizer splits text into tokens and joins tokens to text.
type Tokenizer interface {
	// Tokenize splits any string, valid UTF-8 or not.
	Tokenize(text string) []string
	// Join puts tokens together again: words with single spaces, characters with nothing between.
	Join(tokens []string) string
}

// tokenizerFile is tokenizer.json, but for byte-pair encoding that has been trained, which is stored as Hugging Face
// does.
type tokenizerFile struct {
	Kind      string `json:"kind"`
	Lowercase bool   `json:"lowercase"`
}

// untrainedFile says what byte-pair encoding is to be trained.
type untrainedFile struct {
	Kind           string `json:"kind"`
	VocabularySize int    `json:"vocabulary_size"`
	MinFrequency   int    `json:"min_frequency"`
}

// MarshalTokenizer writes a tokenizer as tokenizer.json: {"kind":"word","lowercase":true}, or, for a BPE that has been
// trained, a file that Hugging Face's tokenizers read.
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

// ParseTokenizer is the reverse of MarshalTokenizer. It reads byte-level byte-pair encoding that was made with Hugging
// Face's library, too; what such a file asks for beyond that is refused.
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
	return nil, fmt.Errorf("kind is %q; it must be word, character or bpe, or the file Hugging Face's, with a model", what.Kind)
}

// Kind is what --tokens and tokenizer.json call a tokenizer: word, character or bpe; "" for one of another package.
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

// TokenizerFile is what a tokenizer's file is called in a model directory.
const TokenizerFile = "tokenizer.json"

// ReadTokenizer reads a tokenizer's file. Errors begin with its path.
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
