package treebank

import (
	"strings"
	"sync"

	"owlm/lmkit/internal/runes"
)

// The rules for words look no further than the piece of a sentence that they change, what stands between white space,
// and the white space beside it. Only the full stop that ends a sentence is found from the sentence's end. So a sentence is
// tokenized piece by piece. As most pieces of a text come again and again, their tokens are kept.

// pieceTokens are the tokens of pieces. A piece has the white space on both sides with it, but at the beginning and the end
// of a sentence.
type pieceTokens map[string][]string

// When mostPieces are known, all are forgotten, so that memory is bounded. Those longer than longestPiece are not kept, as
// they rarely come again.
const (
	mostPieces   = 1 << 15
	longestPiece = 40
)

// pieceTokensPool keeps what is known from block to block, and from text to text.
var pieceTokensPool = sync.Pool{New: func() any { return make(pieceTokens) }}

// Forget forgets the tokens of pieces, for benchmarks that begin with nothing known.
func Forget() {
	known := pieceTokensPool.Get().(pieceTokens)
	clear(known)
	pieceTokensPool.Put(known)
}

// Append appends the words of the sentences of a block that nothing behind the block can change, with last of all of them, and
// returns how many bytes of the block that is. White space is around what is cut off, so that lower finds the same letters around a letter
// as in the whole text.
func Append(tokens []string, block string, lowercase, last bool) ([]string, int) {
	text := block
	if lowercase {
		text = runes.Lower(block)
	}
	list, settled, rest := cuts(text)
	if !last {
		list = list[:settled]
	}
	known := pieceTokensPool.Get().(pieceTokens)
	defer pieceTokensPool.Put(known)
	for _, s := range realign(text, list) {
		tokens = known.appendSentence(tokens, text[s.start:s.end])
	}
	if last {
		return tokens, len(block)
	}
	if lowercase {
		rest = runes.Unlowered(block, rest)
	}
	return tokens, rest
}

// appendSentence appends the tokens of a sentence: those that AppendWords finds.
func (p pieceTokens) appendSentence(tokens []string, s string) []string {
	final := finalPiece(s)
	for i := 0; i < final; i++ {
		if isPunktSpace[s[i]] {
			continue
		}
		before := max(0, i-1)
		for !isPunktSpace[s[i]] { // the final piece has white space before it
			i++
		}
		tokens = p.appendPiece(tokens, s[before:i+1])
	}
	return p.appendPiece(tokens, s[max(0, final-1):])
}

func (p pieceTokens) appendPiece(tokens []string, piece string) []string {
	if len(piece) > longestPiece {
		return AppendWords(tokens, piece)
	}
	list, known := p[piece]
	if !known {
		if len(p) >= mostPieces {
			clear(p)
		}
		piece = strings.Clone(piece) // it is a part of its whole block
		list = AppendWords(nil, piece)
		p[piece] = list
	}
	return append(tokens, list...)
}

// finalPiece is where the piece with a sentence's last letter or digit begins. The full stop that ends the sentence cannot
// come before it.
func finalPiece(s string) int {
	last := strings.LastIndexFunc(s, runes.IsWord)
	return strings.LastIndexAny(s[:last+1], punktSpaces) + 1
}
