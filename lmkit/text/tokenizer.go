package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Tokenizer splits text into tokens and joins tokens to text.
type Tokenizer interface {
	// Tokenize splits any string, valid UTF-8 or not.
	Tokenize(text string) []string
	// Join puts tokens together again: words with single spaces, characters with nothing between.
	Join(tokens []string) string
}

// tokenizerFile is tokenizer.json.
type tokenizerFile struct {
	Kind      string `json:"kind"`
	Lowercase bool   `json:"lowercase"`
}

// MarshalTokenizer writes a tokenizer as tokenizer.json: {"kind":"word","lowercase":true}.
func MarshalTokenizer(t Tokenizer) ([]byte, error) {
	switch t := t.(type) {
	case Words:
		return json.Marshal(tokenizerFile{"word", t.Lowercase})
	case Characters:
		return json.Marshal(tokenizerFile{"character", t.Lowercase})
	}
	return nil, fmt.Errorf("a tokenizer of type %T cannot be saved", t)
}

// ParseTokenizer is the reverse of MarshalTokenizer.
func ParseTokenizer(data []byte) (Tokenizer, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var file tokenizerFile
	if err := decoder.Decode(&file); err != nil {
		return nil, err
	}
	if decoder.More() {
		return nil, errors.New("there is more than one JSON value in the file")
	}
	switch file.Kind {
	case "word":
		return Words{Lowercase: file.Lowercase}, nil
	case "character":
		return Characters{Lowercase: file.Lowercase}, nil
	}
	return nil, fmt.Errorf("kind is %q; it must be word or character", file.Kind)
}
