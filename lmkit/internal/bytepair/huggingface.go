package bytepair

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"owlm/internal/files"
)

// huggingFaceFile is Hugging Face's tokenizer.json, key by key. Values that take a second step to read are raw.
type huggingFaceFile struct {
	// Kind is how lmkit's other tokenizers name themselves. It may be "bpe", but is not written: Hugging Face's library
	// refuses keys that it does not know. Such a file is recognized by its model.
	Kind string `json:"kind,omitempty"`

	Version       string          `json:"version"`
	Truncation    json.RawMessage `json:"truncation"`
	Padding       json.RawMessage `json:"padding"`
	AddedTokens   []addedToken    `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  json.RawMessage `json:"pre_tokenizer"`
	PostProcessor json.RawMessage `json:"post_processor"`
	Decoder       json.RawMessage `json:"decoder"`
	Model         json.RawMessage `json:"model"`
}

// byteLevel is the pre-tokenizer and the decoder of every file that is written.
const byteLevel = `{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}`

// Marshal returns a tokenizer.json that Hugging Face's library reads.
func (m *Merges) Marshal() ([]byte, error) {
	model := huggingFaceModel{Type: "BPE", Vocabulary: m.Tokens[:m.own], Merges: make([]mergedPair, len(m.list))}
	i := 0
	for left, right := range m.Pairs() {
		model.Merges[i] = mergedPair{left, right}
		i++
	}
	modelJSON, err := marshalPlain(model)
	if err != nil {
		return nil, err
	}
	added := m.added.list
	if added == nil {
		added = []addedToken{}
	}
	data, err := marshalPlain(huggingFaceFile{
		Version: "1.0", AddedTokens: added, Model: modelJSON,
		PreTokenizer: json.RawMessage(byteLevel), Decoder: json.RawMessage(byteLevel),
	})
	if err != nil {
		return nil, err
	}
	var indented bytes.Buffer
	err = json.Indent(&indented, data, "", "  ")
	return indented.Bytes(), err
}

// marshalPlain is json.Marshal without escaping of <, > and &, which tokens contain. A line feed ends the result.
func marshalPlain(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return b.Bytes(), err
}

// Parse reads a tokenizer.json of Hugging Face's or of Marshal's. It refuses every setting that would give tokens other
// than byte-level byte-pair encoding does; the error names the field.
func Parse(data []byte) (*Merges, error) {
	var file huggingFaceFile
	if err := files.StrictJSON(data, &file); err != nil {
		return nil, err
	}
	if file.Kind != "" && file.Kind != "bpe" {
		return nil, fmt.Errorf("kind is %q; a file with a model must be of kind bpe", file.Kind)
	}
	if file.Version != "" && file.Version != "1.0" {
		return nil, fmt.Errorf("version is %q; only 1.0 is supported", file.Version)
	}
	for _, field := range []struct {
		name  string
		value json.RawMessage
	}{{"truncation", file.Truncation}, {"padding", file.Padding}, {"normalizer", file.Normalizer}} {
		if !isNull(field.value) {
			return nil, fmt.Errorf("%s is %s; only null is supported", field.name, typeName(field.value))
		}
	}
	if err := file.checkByteLevel(); err != nil {
		return nil, err
	}
	model, err := parseModel(file.Model)
	if err != nil {
		return nil, err
	}
	ids := make(map[string]int32, len(model.Vocabulary))
	for id, token := range model.Vocabulary {
		ids[token] = int32(id)
	}
	list, err := model.resolve(ids)
	if err != nil {
		return nil, err
	}
	tokens, err := withAdded(model.Vocabulary, ids, list, file.AddedTokens)
	if err != nil {
		return nil, err
	}
	return newMerges(tokens, len(model.Vocabulary), list, newAddedTokens(file.AddedTokens)), nil
}

// checkByteLevel refuses every way of splitting and decoding but the one of byteLevel.
func (file huggingFaceFile) checkByteLevel() error {
	for _, field := range []struct {
		name     string
		value    json.RawMessage
		optional bool
	}{
		{"pre_tokenizer", file.PreTokenizer, false}, {"decoder", file.Decoder, false},
		{"post_processor", file.PostProcessor, true},
	} {
		if field.optional && isNull(field.value) {
			continue
		}
		if name := typeName(field.value); name != "ByteLevel" {
			return fmt.Errorf("%s is %s; only ByteLevel is supported", field.name, name)
		}
	}
	var options struct {
		AddPrefixSpace *bool `json:"add_prefix_space"`
		UseRegex       *bool `json:"use_regex"`
	}
	if err := json.Unmarshal(file.PreTokenizer, &options); err != nil {
		return fmt.Errorf("pre_tokenizer: %w", err)
	}
	switch {
	case options.AddPrefixSpace == nil:
		return errors.New("pre_tokenizer.add_prefix_space is missing; it must be false")
	case *options.AddPrefixSpace:
		return errors.New("pre_tokenizer.add_prefix_space is true; only false is supported, " +
			"because joining the tokens would not give the text back")
	case options.UseRegex != nil && !*options.UseRegex:
		return errors.New("pre_tokenizer.use_regex is false; only true is supported")
	}
	return nil
}

func isNull(data json.RawMessage) bool { return len(data) == 0 || string(data) == "null" }

// typeName returns the type of a part of the file, for an error message.
func typeName(data json.RawMessage) string {
	if isNull(data) {
		return "null"
	}
	var part struct {
		Type *string `json:"type"`
	}
	if json.Unmarshal(data, &part) != nil {
		return "not an object"
	}
	if part.Type == nil {
		return "an object"
	}
	return *part.Type
}
