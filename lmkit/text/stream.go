package text

import (
	"io"
	"strings"
	"unicode/utf8"

	"owlm/lmkit/internal/runes"
)

// A text is tokenized in blocks. One in which no safe place to cut is found grows, up to the longest stretch.
const (
	blockSize      = 64 << 10
	longestStretch = 1 << 20
)

// streamer is a tokenizer that can tokenize a long text block by block.
type streamer interface {
	// beginning appends the tokens of the beginning of a block, as far as nothing that may follow the block can change
	// them, and returns how many bytes that is, 0 if it cannot tell. What is left is tokenized as if nothing came
	// before it. With last nothing follows, and all is tokenized.
	beginning(tokens []string, block string, last bool) ([]string, int)
}

// TokenizeReader tokenizes a text in UTF-8, such as a Reader gives, and calls each with its tokens and the piece of the
// text that they were made of, piece by piece. Tokens may not be kept. They are those of Tokenize. For a tokenizer of
// this package memory is bounded: a stretch of 1 MiB without a safe place to cut, such as the end of a sentence, is cut
// at white space, or anywhere if it has none.
func TokenizeReader(t Tokenizer, r io.Reader, each func(tokens []string, piece string) error) error {
	if s, ok := t.(streamer); ok {
		return blocks{s, blockSize, longestStretch}.tokenize(r, each)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	return each(t.Tokenize(string(data)), string(data))
}

// blocks tokenizes in blocks of a size, and in blocks of up to longest bytes where that is too short.
type blocks struct {
	streamer
	size, longest int
}

func (b blocks) tokenize(r io.Reader, each func(tokens []string, piece string) error) error {
	var tokens []string
	buffer := make([]byte, 0, b.size)
	for want := b.size; ; {
		if cap(buffer) < want {
			buffer = append(make([]byte, 0, want), buffer...)
		}
		// Blocks are filled up, so that what a reader gives at once makes no difference.
		n, err := io.ReadFull(r, buffer[len(buffer):want])
		buffer = buffer[:len(buffer)+n]
		last := err == io.EOF || err == io.ErrUnexpectedEOF
		if err != nil && !last {
			return err
		}
		block, used := string(buffer), 0
		if tokens, used = b.beginning(tokens[:0], block, last); used == 0 && !last {
			if want < b.longest {
				want = min(2*want, b.longest)
				continue
			}
			used = cutAnywhere(block)
			tokens, _ = b.beginning(tokens[:0], block[:used], true)
		}
		if used > 0 {
			if err := each(tokens, block[:used]); err != nil {
				return err
			}
		}
		if last {
			return nil
		}
		buffer = buffer[:copy(buffer, buffer[used:])]
		for want = b.size; want <= len(buffer); want = min(2*want, b.longest) {
		}
	}
}

// cutAnywhere is where a block that has no better place is cut: behind its last white space or, without any, behind
// its last whole character.
func cutAnywhere(block string) int {
	if i := strings.LastIndexFunc(block, runes.IsSpace); i >= 0 {
		_, size := runes.At(block, i)
		return i + size
	}
	end := len(block)
	for i := end - 1; i >= max(0, end-utf8.UTFMax); i-- {
		if utf8.RuneStart(block[i]) {
			if i > 0 && !utf8.FullRuneInString(block[i:]) {
				end = i
			}
			break
		}
	}
	return end
}
