package bytepair

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"owlm/internal/files"
)

// huggingFaceModel is the value of "model" in Hugging Face's tokenizer.json, key by key.
type huggingFaceModel struct {
	Type                    string       `json:"type"`
	Dropout                 *float64     `json:"dropout"`
	UnknownToken            *string      `json:"unk_token"`
	ContinuingSubwordPrefix *string      `json:"continuing_subword_prefix"`
	EndOfWordSuffix         *string      `json:"end_of_word_suffix"`
	FuseUnknown             bool         `json:"fuse_unk"`
	ByteFallback            bool         `json:"byte_fallback"`
	IgnoreMerges            bool         `json:"ignore_merges"`
	Vocabulary              vocabulary   `json:"vocab"`
	Merges                  []mergedPair `json:"merges"`
}

// parseModel reads the model. Errors name the field.
func parseModel(data json.RawMessage) (m huggingFaceModel, err error) {
	if name := typeName(data); name != "BPE" && name != "an object" {
		return m, fmt.Errorf("model.type is %s; only BPE is supported", name)
	}
	if err := files.StrictJSON(data, &m); err != nil {
		return m, fmt.Errorf("model: %w", err)
	}
	switch {
	case m.Dropout != nil && *m.Dropout != 0:
		return m, fmt.Errorf("model.dropout is %v; only null is supported", *m.Dropout)
	case m.ContinuingSubwordPrefix != nil && *m.ContinuingSubwordPrefix != "":
		return m, fmt.Errorf("model.continuing_subword_prefix is %q; only null is supported",
			*m.ContinuingSubwordPrefix)
	case m.EndOfWordSuffix != nil && *m.EndOfWordSuffix != "":
		return m, fmt.Errorf("model.end_of_word_suffix is %q; only null is supported", *m.EndOfWordSuffix)
	case m.IgnoreMerges:
		return m, errors.New("model.ignore_merges is true; only false is supported")
	}
	return m, nil
}

// resolve returns the merges with ids for tokens. It checks that every token that a text can become has an id.
func (m huggingFaceModel) resolve(ids map[string]int32) ([]merge, error) {
	for b, symbol := range symbols {
		if _, ok := ids[symbol]; !ok {
			return nil, fmt.Errorf("model.vocab lacks %q, the symbol of byte %d, so text would be lost; "+
				"train the tokenizer with the byte alphabet as initial_alphabet", symbol, b)
		}
	}
	list, seen := make([]merge, len(m.Merges)), make(map[pair]int, len(m.Merges))
	for i, merged := range m.Merges {
		token := merged[0] + merged[1]
		for _, token := range []string{merged[0], merged[1], token} {
			if _, ok := ids[token]; !ok {
				return nil, fmt.Errorf("model.merges[%d]: %q is not in model.vocab", i, token)
			}
		}
		p := pairOf(ids[merged[0]], ids[merged[1]])
		if first, twice := seen[p]; twice {
			return nil, fmt.Errorf("model.merges[%d]: %q and %q are merged in model.merges[%d] already",
				i, merged[0], merged[1], first)
		}
		list[i], seen[p] = merge{p, ids[token]}, i
	}
	return list, nil
}

// vocabulary is the tokens in the order of their ids. In JSON it is an object of tokens and ids, which must be 0, 1, 2
// and so on without a gap.
type vocabulary []string

func (t vocabulary) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for id, token := range t {
		if id > 0 {
			b.WriteByte(',')
		}
		key, err := marshalPlain(token)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s:%d", bytes.TrimSpace(key), id)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

func (t *vocabulary) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return errors.New("vocab must be an object of tokens and their ids")
	}
	ids := make(map[string]int64)
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return err
		}
		token, _ := key.(string)
		value, err := decoder.Token()
		if err != nil {
			return err
		}
		number, _ := value.(json.Number)
		id, err := number.Int64()
		if err != nil {
			return fmt.Errorf("vocab: the id of %q is %v; it must be a whole number", token, value)
		}
		if _, twice := ids[token]; twice {
			return fmt.Errorf("vocab: %q occurs twice", token)
		}
		ids[token] = id
	}
	tokens, taken := make([]string, len(ids)), make([]bool, len(ids))
	for token, id := range ids {
		if id < 0 || id >= int64(len(ids)) || taken[id] {
			return fmt.Errorf("vocab: the id of %q is %d; the %d ids must be 0 to %d, each once",
				token, id, len(ids), len(ids)-1)
		}
		tokens[id], taken[id] = token, true
	}
	*t = tokens
	return nil
}

// mergedPair is the two tokens of a merge. In JSON it is one string with a space between them, which every version of
// Hugging Face's library reads, or, when it is read, a list of two strings.
type mergedPair [2]string

func (p mergedPair) MarshalJSON() ([]byte, error) { return marshalPlain(p[0] + " " + p[1]) }

func (p *mergedPair) UnmarshalJSON(data []byte) error {
	var whole string
	if json.Unmarshal(data, &whole) == nil {
		left, right, ok := strings.Cut(whole, " ")
		if !ok || strings.Contains(right, " ") {
			return fmt.Errorf("merges: %q must be two tokens with a space between them", whole)
		}
		*p = mergedPair{left, right}
		return nil
	}
	var list []string
	if err := json.Unmarshal(data, &list); err != nil || len(list) != 2 {
		return fmt.Errorf("merges: %.80s must be two tokens", data)
	}
	*p = mergedPair(list)
	return nil
}
