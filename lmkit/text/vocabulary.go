package text

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"sort"
)

// Vocabulary maps tokens to ids, from 0 to Len()-1, and back.
type Vocabulary struct {
	tokens  []string
	ids     map[string]int32
	unknown string // "" if there is none
}

// VocabularyOptions selects the tokens of a vocabulary. The zero value takes all.
type VocabularyOptions struct {
	// Unknown is a token, such as "<unk>", that stands for every token that the vocabulary lacks. With "", there is no
	// such token, and encoding one that the vocabulary lacks is an error.
	Unknown string
	// MinCount drops tokens that occur less often. If any are dropped, Unknown must be set.
	MinCount int
	// Size is the largest number of tokens to keep, including Unknown; 0 keeps all. The most frequent are kept and, of
	// equally frequent ones, those that sort first. If any are dropped, Unknown must be set.
	Size int
}

// NewVocabulary returns the vocabulary of the distinct tokens of a text. They are sorted by their UTF-8 bytes, which is
// the order of their code points.
func NewVocabulary(tokens []string, o VocabularyOptions) (*Vocabulary, error) {
	counts := make(map[string]int)
	for _, token := range tokens {
		counts[token]++
	}
	return VocabularyOf(maps.All(counts), o)
}

// countedToken is a distinct token of a text and how often it occurs.
type countedToken struct {
	token string
	count int
}

// VocabularyOf is NewVocabulary for a text whose distinct tokens have been counted.
func VocabularyOf(counts iter.Seq2[string, int], o VocabularyOptions) (*Vocabulary, error) {
	if o.MinCount < 0 || o.Size < 0 {
		return nil, fmt.Errorf("min count is %d and vocabulary size %d; both must be 0 or more", o.MinCount, o.Size)
	}
	var kept []countedToken
	types := 0
	for token, count := range counts {
		types++
		if count >= o.MinCount && token != o.Unknown {
			kept = append(kept, countedToken{token, count})
		}
	}
	sort.Slice(kept, func(i, j int) bool {
		if a, b := kept[i].count, kept[j].count; a != b && o.Size > 0 {
			return a > b
		}
		return kept[i].token < kept[j].token
	})
	room := o.Size
	if o.Unknown != "" {
		room--
	}
	if o.Size > 0 && len(kept) > room {
		kept = kept[:room]
	}
	tokens := make([]string, 0, len(kept)+1)
	for _, t := range kept {
		tokens = append(tokens, t.token)
	}
	if o.Unknown != "" {
		tokens = append(tokens, o.Unknown)
	} else if len(tokens) < types {
		return nil, fmt.Errorf("a vocabulary of %d of the text's %d distinct tokens needs a token for the others, "+
			"such as <unk>", len(tokens), types)
	}
	if len(tokens) == 0 {
		return nil, errors.New("the text has no tokens to make a vocabulary of")
	}
	sort.Strings(tokens)
	return newVocabulary(tokens, o.Unknown)
}

// newVocabulary returns a vocabulary of tokens in the order of their ids. It refuses duplicates.
func newVocabulary(tokens []string, unknown string) (*Vocabulary, error) {
	v := &Vocabulary{tokens: tokens, ids: make(map[string]int32, len(tokens)), unknown: unknown}
	for i, token := range tokens {
		if first, twice := v.ids[token]; twice {
			return nil, fmt.Errorf("tokens: %q occurs twice, at %d and %d", token, first, i)
		}
		v.ids[token] = int32(i)
	}
	if unknown != "" && !slices.Contains(tokens, unknown) {
		return nil, fmt.Errorf("unknown: %q is not among the tokens", unknown)
	}
	return v, nil
}

// Len returns the number of tokens.
func (v *Vocabulary) Len() int { return len(v.tokens) }

// Equal says whether two vocabularies have the same tokens with the same ids.
func (v *Vocabulary) Equal(other *Vocabulary) bool {
	return v == other || slices.Equal(v.tokens, other.tokens) && v.unknown == other.unknown
}

// Tokens returns all tokens. The index of a token is its id.
func (v *Vocabulary) Tokens() []string { return slices.Clone(v.tokens) }

// Unknown returns the token that stands for unknown tokens, "" if there is none.
func (v *Vocabulary) Unknown() string { return v.unknown }

// Token returns the token of an id, which must be from 0 to Len()-1.
func (v *Vocabulary) Token(id int32) string { return v.tokens[id] }

// ID returns the id of a token. If the vocabulary lacks the token, known is false, and the id is that of the unknown
// token, or -1 if there is none.
func (v *Vocabulary) ID(token string) (id int32, known bool) {
	if id, known = v.ids[token]; known {
		return id, true
	}
	if v.unknown != "" {
		return v.ids[v.unknown], false
	}
	return -1, false
}

// UnknownTokenError is the error for a text with a token that the vocabulary lacks.
type UnknownTokenError struct {
	Token string
	// Position is the token's index in the text.
	Position int
}

func (e *UnknownTokenError) Error() string {
	return fmt.Sprintf("token %d, %q, is not in the vocabulary", e.Position+1, e.Token)
}

// Encode maps tokens to ids. If the vocabulary lacks one and has no token for unknown ones, the error is an
// *UnknownTokenError.
func (v *Vocabulary) Encode(tokens []string) ([]int32, error) {
	ids := make([]int32, len(tokens))
	for i, token := range tokens {
		id, _ := v.ID(token)
		if id < 0 {
			return nil, &UnknownTokenError{token, i}
		}
		ids[i] = id
	}
	return ids, nil
}

// Decode maps ids, which must be from 0 to Len()-1, to tokens.
func (v *Vocabulary) Decode(ids []int32) []string {
	tokens := make([]string, len(ids))
	for i, id := range ids {
		tokens[i] = v.tokens[id]
	}
	return tokens
}

// vocabularyFile is vocabulary.json.
type vocabularyFile struct {
	Tokens  []string `json:"tokens"`
	Unknown *string  `json:"unknown"`
}

// MarshalJSON returns {"tokens":[...],"unknown":null}. The index in the list is the id.
func (v *Vocabulary) MarshalJSON() ([]byte, error) {
	file := vocabularyFile{Tokens: v.tokens}
	if v.unknown != "" {
		file.Unknown = &v.unknown
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(file)
	return b.Bytes(), err
}

// UnmarshalJSON reads what MarshalJSON writes. Errors name the field.
func (v *Vocabulary) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var file vocabularyFile
	if err := decoder.Decode(&file); err != nil {
		return err
	}
	if len(file.Tokens) == 0 {
		return errors.New("tokens: there are none")
	}
	unknown := ""
	if file.Unknown != nil {
		if unknown = *file.Unknown; unknown == "" {
			return errors.New("unknown: it is empty; leave it out or write null")
		}
	}
	parsed, err := newVocabulary(file.Tokens, unknown)
	if err == nil {
		*v = *parsed
	}
	return err
}
