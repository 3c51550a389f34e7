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

// learnedSettings stands in run.json for byte-pair encoding that had learned its merges before the run. They make up a
// large file, tokenizer.json, which only has to be recognized.
type learnedSettings struct {
	Kind string `json:"kind"`
	// SHA256 is the hash of tokenizer.json without white space.
	SHA256 string `json:"sha256"`
}

// tokenizerSettings returns the description of a tokenizer for run.json.
func tokenizerSettings(t text.Tokenizer) (json.RawMessage, error) {
	data, err := text.MarshalTokenizer(t)
	if b, ok := t.(text.BPE); !ok || !b.Trained() || err != nil {
		return data, err
	}
	sum, err := compactSHA256(data)
	if err != nil {
		return nil, err
	}
	return json.Marshal(learnedSettings{text.Kind(t), sum})
}

// compactSHA256 returns the hash of JSON without white space.
func compactSHA256(data []byte) (string, error) {
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return "", err
	}
	sum := sha256.Sum256(compact.Bytes())
	return hex.EncodeToString(sum[:]), nil
}

// parseTokenizerSettings returns the tokenizer that tokenizerSettings described. It reads learned merges from the
// directory of the run.
func parseTokenizerSettings(dir string, data json.RawMessage) (text.Tokenizer, error) {
	var learned learnedSettings
	if json.Unmarshal(data, &learned) == nil && learned.SHA256 != "" {
		return readLearned(filepath.Join(dir, rundir.TokenizerFile), learned.SHA256)
	}
	return text.ParseTokenizer(data)
}

// readLearned reads the tokenizer with which a run was started, and refuses another one.
func readLearned(path, sum string) (text.Tokenizer, error) {
	t, err := text.ReadTokenizer(path)
	if err != nil {
		return nil, err
	}
	data, err := text.MarshalTokenizer(t)
	if err != nil {
		return nil, err
	}
	found, err := compactSHA256(data)
	if err == nil && found != sum {
		err = fmt.Errorf("%s is not the one that the run was started with: its sha256 is %s, not %s", path, found, sum)
	}
	return t, err
}

// tokenizerName returns the name of a tokenizer for messages.
func tokenizerName(t text.Tokenizer) string {
	settings, err := tokenizerSettings(t)
	if err != nil {
		return fmt.Sprintf("%T", t)
	}
	return string(settings)
}

// canBe reports whether the tokenizer that was asked for can be the one found. Byte-pair encoding that has not learned
// its merges can be any byte-pair encoding.
func canBe(asked, found text.Tokenizer) bool {
	if b, ok := asked.(text.BPE); ok && !b.Trained() {
		return text.Kind(found) == text.Kind(asked)
	}
	a, err := tokenizerSettings(asked)
	if err != nil {
		return false
	}
	b, err := tokenizerSettings(found)
	return err == nil && bytes.Equal(a, b)
}
