package treebank

import (
	"strings"
	"sync"

	"owlm/lmkit/internal/runes"
)

// The rules for words look no further than one chunk of a sentence, the characters from one white space to the next,
// and the white space on its two sides. The one exception is the full stop that ends the sentence, which is found from
// the sentence's end. So a sentence is split chunk by chunk and, as most chunks of a text occur many times, their
// tokens are cached.

// cache holds the tokens of chunks. A key includes the white space on both sides of the chunk, except at the beginning
// and the end of a sentence, where there is none.
type cache map[string][]string

const (
	// mostChunks bounds the memory of a cache: when it is reached, the cache is emptied.
	mostChunks = 1 << 15
	// longestChunk is the length in bytes above which a chunk is not cached, because it is unlikely to come again.
	longestChunk = 40
)

// caches keeps what is known from one block to the next, and from one text to the next. Each call of Append takes one.
var caches = sync.Pool{New: func() any { return make(cache) }}

// Forget empties the cache, so that a benchmark begins with a cold one. It must not run at the same time as Append.
func Forget() {
	known := caches.Get().(cache)
	clear(known)
	caches.Put(known)
}

// Append splits the beginning of a block into words and appends them to tokens. It stops at the last sentence end that
// text after the block cannot change, and returns the tokens and how many bytes of the block they cover: 0 if there is
// no such place. With last, nothing follows the block, and all of it is split.
//
// With lowercase, the block is put into lower case first. The place to stop has white space around it, so the letters
// on both sides of it have the same lower case as in the whole text.
func AppendBlock(tokens []string, block string, lowercase, last bool) ([]string, int) {
	text := block
	if lowercase {
		text = runes.Lower(block)
	}
	list, settled, rest := cuts(text)
	if !last {
		list = list[:settled]
	}
	known := caches.Get().(cache)
	defer caches.Put(known)
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

// appendSentence appends the same tokens as AppendSentence.
func (c cache) appendSentence(tokens []string, s string) []string {
	final := finalChunk(s)
	for i := 0; i < final; i++ {
		if isPunktSpace[s[i]] {
			continue
		}
		before := max(0, i-1)
		for !isPunktSpace[s[i]] { // ends before final, where white space comes before the final chunk
			i++
		}
		tokens = c.appendChunk(tokens, s[before:i+1])
	}
	return c.appendChunk(tokens, s[max(0, final-1):])
}

func (c cache) appendChunk(tokens []string, chunk string) []string {
	if len(chunk) > longestChunk {
		return AppendSentence(tokens, chunk)
	}
	list, known := c[chunk]
	if !known {
		if len(c) >= mostChunks {
			clear(c)
		}
		chunk = strings.Clone(chunk) // the chunk would keep its whole block in memory
		list = AppendSentence(nil, chunk)
		c[chunk] = list
	}
	return append(tokens, list...)
}

// finalChunk returns where the chunk with the last letter or digit of a sentence begins. The full stop that ends the
// sentence cannot come before it.
func finalChunk(s string) int {
	last := strings.LastIndexFunc(s, runes.IsWord)
	return strings.LastIndexAny(s[:last+1], punktSpaces) + 1
}
