package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"owlm/internal/files"
)

// ReadVocabulary reads the vocabulary of a model that was trained elsewhere. The file is a vocabulary.json or a list of
// tokens in UTF-8, one per line in the order of their ids. If a list has <unk>, it stands for unknown tokens. Every
// error begins with the path.
func ReadVocabulary(path string) (*Vocabulary, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, files.Reason(err))
	}
	v := new(Vocabulary)
	if strings.HasSuffix(path, ".json") || isVocabularyJSON(data) {
		err = v.UnmarshalJSON(data)
	} else {
		v, err = parseWordList(string(data))
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return v, nil
}

// isVocabularyJSON reports whether a file is a vocabulary.json, whatever its name. The first token of a list may be {.
func isVocabularyJSON(data []byte) bool {
	return bytes.HasPrefix(data, []byte("{")) && bytes.Contains(data, []byte(`"tokens"`)) && json.Valid(data)
}

// unknownInLists is the token for unknown ones in the lists of most toolkits.
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
		return nil, fmt.Errorf("line %d is empty; write one token per line, or a vocabulary.json if a token has "+
			"line breaks", i+1)
	}
	unknown := ""
	if slices.Contains(tokens, unknownInLists) {
		unknown = unknownInLists
	}
	return newVocabulary(tokens, unknown)
}
