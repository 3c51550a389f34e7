package bytepair

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// addedToken is a token that is found in a text before anything else, such as <|endoftext|>. The fields are the keys of
// Hugging Face's file.
type addedToken struct {
	ID         int32  `json:"id"`
	Content    string `json:"content"`
	SingleWord bool   `json:"single_word"`
	LeftStrip  bool   `json:"lstrip"`
	RightStrip bool   `json:"rstrip"`
	Normalized bool   `json:"normalized"`
	Special    bool   `json:"special"`
}

// addedTokens finds added tokens in two rounds, as Hugging Face's library does: first those that are not normalized,
// then the others, in what lies between the first.
type addedTokens struct {
	list    []addedToken
	names   map[string]bool // by content
	rounds  [2]finder
	longest int // the length of the longest, in bytes
}

func newAddedTokens(list []addedToken) *addedTokens {
	a := &addedTokens{list: list, names: make(map[string]bool, len(list))}
	for _, token := range list {
		a.names[token.Content] = true
		a.longest = max(a.longest, len(token.Content))
		round := 0
		if token.Normalized {
			round = 1
		}
		a.rounds[round].add(token)
	}
	return a
}

// split calls emit with the pieces of a text, in order: each added token with its id, and what lies between two with
// -1.
func (a *addedTokens) split(s string, emit func(piece string, id int32)) {
	a.rounds[0].split(s, func(piece string, id int32) {
		if id >= 0 {
			emit(piece, id)
			return
		}
		a.rounds[1].split(piece, emit)
	})
}

// finder holds tokens by their first byte, the longest first.
type finder [256][]addedToken

func (f *finder) add(token addedToken) {
	list := append(f[token.Content[0]], token)
	slices.SortStableFunc(list, func(a, b addedToken) int { return len(b.Content) - len(a.Content) })
	f[token.Content[0]] = list
}

// split does the work of addedTokens.split for one round.
func (f *finder) split(s string, emit func(piece string, id int32)) {
	done := 0
	for i := 0; i < len(s); {
		at := slices.IndexFunc(f[s[i]], func(t addedToken) bool { return strings.HasPrefix(s[i:], t.Content) })
		if at < 0 {
			i++
			continue
		}
		token := f[s[i]][at]
		if done < i {
			emit(s[done:i], -1)
		}
		i += len(token.Content)
		done = i
		emit(token.Content, token.ID)
	}
	if done < len(s) {
		emit(s[done:], -1)
	}
}

// withAdded checks the added tokens of a file and returns the model's tokens followed by those added tokens that the
// model does not have. ids maps the model's tokens to their ids; list is its merges.
func withAdded(tokens []string, ids map[string]int32, list []merge, added []addedToken) ([]string, error) {
	// The tokens that stand for text other than their own characters.
	others := make(map[string]bool)
	for b, symbol := range symbols {
		others[symbol] = symbol != string(rune(b)) || b >= utf8.RuneSelf
	}
	for _, merge := range list {
		token := tokens[merge.result]
		content, _ := bytesOf(token)
		others[token] = content != token
	}
	seen := make(map[string]bool, len(added))
	tokens = slices.Clip(tokens)
	for i, token := range added {
		id, ok := ids[token.Content]
		if !ok {
			id = int32(len(tokens))
		}
		switch {
		case token.Content == "":
			return nil, fmt.Errorf("added_tokens[%d].content is empty", i)
		case token.SingleWord || token.LeftStrip || token.RightStrip:
			return nil, fmt.Errorf("added_tokens[%d]: single_word, lstrip and rstrip must be false", i)
		case seen[token.Content]:
			return nil, fmt.Errorf("added_tokens[%d]: %q occurs twice", i, token.Content)
		case others[token.Content]:
			return nil, fmt.Errorf("added_tokens[%d]: %q stands for other text in the model", i, token.Content)
		case id != token.ID:
			return nil, fmt.Errorf("added_tokens[%d].id is %d, but the id of %q is %d", i, token.ID, token.Content, id)
		}
		seen[token.Content] = true
		if !ok {
			tokens = append(tokens, token.Content)
		}
	}
	return tokens, nil
}
