package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// The header of a token file; the package documentation describes it.
const (
	tokenMagic      = "lmktoken"
	tokenVersion    = 1
	tokenNumbers    = 2 + 3*3
	tokenHeaderSize = 8 + 4 + 4 + tokenNumbers*8 + 3*sha256.Size
)

// Header describes a text as token ids. A token file begins with it.
type Header struct {
	// VocabularySize is the number of tokens of the vocabulary. Every id is below it.
	VocabularySize int
	// Bytes is the size of the text.
	Bytes int
	// Sizes are the sizes of the training, the validation and the test part.
	Sizes [3]PartSize
	// Text is the sha256 of the text.
	Text [sha256.Size]byte

	key [sha256.Size]byte // see Options.key
}

// Tokens returns the number of tokens of the whole text.
func (h Header) Tokens() int { return h.Sizes[0].Tokens + h.Sizes[1].Tokens + h.Sizes[2].Tokens }

// width returns how many bytes an id takes in a token file.
func (h Header) width() int {
	if h.VocabularySize <= 1<<16 {
		return 2
	}
	return 4
}

// numbers lists what a token file stores as uint64s, in order.
func (h *Header) numbers() (list [tokenNumbers]*int) {
	list[0], list[1] = &h.VocabularySize, &h.Bytes
	for i := range h.Sizes {
		p := &h.Sizes[i]
		list[2+3*i], list[3+3*i], list[4+3*i] = &p.Tokens, &p.Characters, &p.Unknown
	}
	return list
}

// encode returns the header of a token file, for the sha256 of its ids.
func (h Header) encode(ids []byte) []byte {
	b := append(make([]byte, 0, tokenHeaderSize), tokenMagic...)
	b = binary.LittleEndian.AppendUint32(b, tokenVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(h.width()))
	for _, number := range h.numbers() {
		b = binary.LittleEndian.AppendUint64(b, uint64(*number))
	}
	b = append(append(b, h.Text[:]...), h.key[:]...)
	check := sha256.Sum256(append(slices.Clone(b), ids...))
	return append(b, check[:]...)
}

// parseHeader reads the header of a token file of size bytes. It does not compare check.
func parseHeader(b []byte, size int64) (h Header, err error) {
	if len(b) < tokenHeaderSize || string(b[:8]) != tokenMagic {
		return h, errors.New("it is not a token file")
	}
	if version := binary.LittleEndian.Uint32(b[8:]); version != tokenVersion {
		return h, fmt.Errorf("its version is %d, and this version of lmkit reads version %d", version, tokenVersion)
	}
	width := binary.LittleEndian.Uint32(b[12:])
	b = b[16:]
	for _, number := range h.numbers() {
		n := binary.LittleEndian.Uint64(b)
		if n > 1<<48 {
			return h, fmt.Errorf("a size in its header is %d", n)
		}
		*number, b = int(n), b[8:]
	}
	copy(h.Text[:], b)
	copy(h.key[:], b[sha256.Size:])
	if h.VocabularySize > 1<<31-1 || int(width) != h.width() {
		return h, fmt.Errorf("its header says %d bytes per id for a vocabulary of %d", width, h.VocabularySize)
	}
	if want := tokenHeaderSize + int64(h.Tokens())*int64(width); want != size {
		return h, fmt.Errorf("it has %d bytes, and its header says %d", size, want)
	}
	return h, nil
}
