package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"owlm/internal/files"
	"slices"
	"strings"
	"unicode/utf8"
)

// ReadVocabulary reads the vocabulary of a model from elsewhere: a vocabulary.json, or a list of tokens, one a line, in
// the order of their ids, in UTF-8. Of a list, <unk> stands for unknown tokens if it is there. Every error names the file.
func ReadVocabulary(path string) (*Vocabulary, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, files.Reason(err))
	}
	v := new(Vocabulary)
	if strings.HasSuffix(path, ".json") || bytes.HasPrefix(data, []byte("{")) && bytes.Contains(data, []byte(`"tokens"`)) && json.Valid(data) {
		err = v.UnmarshalJSON(data)
	} else {
		v, err = parseWordList(string(data))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// unknownInLists is how lists of tokens write the token for unknown ones, in most toolkits.
const unknownInLists = "<unk>"

func parseWordList(list string) (*Vocabulary, error) {
	if !utf8.ValidString(list) {
		return nil, errors.New("it is not UTF-8")
	}
	list = strings.TrimPrefix(strings.ReplaceAll(list, "\r\n", "\n"), "\uFEFF")
	list = strings.TrimSuffix(list, "\n")
	if list == "" {
		return nil, errors.New("it has no tokens")
	}
	tokens := strings.Split(list, "\n")
	if i := slices.Index(tokens, ""); i >= 0 {
		return nil, fmt.Errorf("line %d is empty; write a token on each, or a vocabulary.json if one has a line break", i+1)
	}
	unknown := ""
	if slices.Contains(tokens, unknownInLists) {
		unknown = unknownInLists
	}
	return newVocabulary(tokens, unknown)
}
