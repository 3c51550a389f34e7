package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"

	"owlm/lmkit/rundir"
	"owlm/lmkit/text"
)

// What byte-pair encoding has learned is a large file, tokenizer.json. Where a tokenizer is only to be told apart, its hash
// stands for it.

// learnedSettings is what run.json says of byte-pair encoding that had learned before the run.
type learnedSettings struct {
	Kind string `json:"kind"`
	// SHA256 is that of tokenizer.json without white space.
	SHA256 string `json:"sha256"`
}

// tokenizerSettings is what run.json says of a tokenizer.
func tokenizerSettings(t text.Tokenizer) (json.RawMessage, error) {
	data, err := text.MarshalTokenizer(t)
	if b, ok := t.(text.BPE); !ok || !b.Trained() || err != nil {
		return data, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(compact.Bytes())
	return json.Marshal(learnedSettings{text.Kind(t), hex.EncodeToString(sum[:])})
}

// parseTokenizerSettings is the reverse of tokenizerSettings. What was learned is in the run's directory.
func parseTokenizerSettings(dir string, data json.RawMessage) (text.Tokenizer, error) {
	var learned learnedSettings
	if json.Unmarshal(data, &learned) == nil && learned.SHA256 != "" {
		return text.ReadTokenizer(filepath.Join(dir, rundir.TokenizerFile))
	}
	t, err := text.ParseTokenizer(data)
	if err != nil {
		return nil, fmt.Errorf("%s: tokenizer: %w", filepath.Join(dir, rundir.SettingsFile), err)
	}
	return t, nil
}

// tokenizerName is what messages call a tokenizer.
func tokenizerName(t text.Tokenizer) string {
	settings, err := tokenizerSettings(t)
	if err != nil {
		return fmt.Sprintf("%T", t)
	}
	return string(settings)
}

// canBe says whether the tokenizer that was asked for is the one that there is. Byte-pair encoding that is to learn can be
// any that has learned.
func canBe(asked, is text.Tokenizer) bool {
	if b, ok := asked.(text.BPE); ok && !b.Trained() {
		return text.Kind(is) == text.Kind(asked)
	}
	wanted, err := tokenizerSettings(asked)
	if err != nil {
		return false
	}
	found, err := tokenizerSettings(is)
	return err == nil && bytes.Equal(wanted, found)
}
