package dataset

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"owlm/internal/files"
	"slices"
	"sync"

	"github.com/edsrzf/mmap-go"
)

// A token file holds the ids of a text. All numbers are little-endian. It begins with
//
//	magic       8 bytes    "lmktoken"
//	version     uint32     1
//	width       uint32     bytes of an id: 2 or 4
//	vocabulary  uint64     every id is below it
//	bytes       uint64     size of the text
//	parts       9 uint64s  of the training, validation and test part: tokens, characters, unknown tokens
//	text        32 bytes   sha256 of the text
//	key         32 bytes   sha256 of what else the ids depend on
//	check       32 bytes   sha256 of the header so far and the sha256 of the ids
//
// and the ids follow.
const (
	tokenMagic      = "lmktoken"
	tokenVersion    = 1
	tokenNumbers    = 2 + 3*3
	tokenHeaderSize = 8 + 4 + 4 + tokenNumbers*8 + 3*32
)

// Header says what is in a token file.
type Header struct {
	// VocabularySize is what every id is below.
	VocabularySize int
	// Bytes is the size of the text.
	Bytes int
	// Sizes are those of the training, validation and test part.
	Sizes [3]PartSize
	// Text is the sha256 of the text, Key of what else the ids depend on: tokenizer, vocabulary and split.
	Text, Key [sha256.Size]byte
}

// Tokens is the number of tokens of the whole text.
func (h Header) Tokens() int { return h.Sizes[0].Tokens + h.Sizes[1].Tokens + h.Sizes[2].Tokens }

// width is how many bytes an id takes.
func (h Header) width() int {
	if h.VocabularySize <= 1<<16 {
		return 2
	}
	return 4
}

// numbers are what the header holds as uint64s.
func (h *Header) numbers() (list [tokenNumbers]*int) {
	list[0], list[1] = &h.VocabularySize, &h.Bytes
	for i := range h.Sizes {
		p := &h.Sizes[i]
		list[2+3*i], list[3+3*i], list[4+3*i] = &p.Tokens, &p.Characters, &p.Unknown
	}
	return list
}

// encode is the header of a file whose ids have a sha256.
func (h Header) encode(ids []byte) []byte {
	b := append(make([]byte, 0, tokenHeaderSize), tokenMagic...)
	b = binary.LittleEndian.AppendUint32(b, tokenVersion)
	b = binary.LittleEndian.AppendUint32(b, uint32(h.width()))
	for _, number := range h.numbers() {
		b = binary.LittleEndian.AppendUint64(b, uint64(*number))
	}
	b = append(append(b, h.Text[:]...), h.Key[:]...)
	check := sha256.Sum256(append(slices.Clone(b), ids...))
	return append(b, check[:]...)
}

// parseTokenHeader reads the header of a token file of a size.
func parseTokenHeader(b []byte, size int64) (h Header, err error) {
	if len(b) < tokenHeaderSize || string(b[:8]) != tokenMagic {
		return h, errors.New("it is no token file")
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
	copy(h.Key[:], b[sha256.Size:])
	if h.VocabularySize > 1<<31-1 || int(width) != h.width() {
		return h, fmt.Errorf("its header says %d bytes an id for a vocabulary of %d", width, h.VocabularySize)
	}
	if want := tokenHeaderSize + int64(h.Tokens())*int64(width); want != size {
		return h, fmt.Errorf("it has %d bytes, and its header says %d", size, want)
	}
	return h, nil
}

// File is a token file that is read through a memory map.
type File struct {
	Header
	file *os.File

	mutex  sync.Mutex
	mapped mmap.MMap
	copies int
}

// OpenFile opens a token file, after comparing it with its hash. Errors name the file.
func OpenFile(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, files.Reason(err))
	}
	t, err := openTokens(file)
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", path, files.Reason(err))
	}
	return t, nil
}

func openTokens(file *os.File) (*File, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	h, err := verifyTokens(file, info.Size())
	if err != nil {
		return nil, err
	}
	t := &File{Header: h, file: file}
	if t.mapped, err = mmap.Map(file, mmap.RDONLY, 0); err != nil {
		return nil, fmt.Errorf("it cannot be mapped into memory: %w", err)
	}
	return t, nil
}

// verifyTokens reads a token file of a size once, and checks its header, its ids and their hash.
func verifyTokens(r io.Reader, size int64) (Header, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head := make([]byte, tokenHeaderSize)
	if n, err := io.ReadFull(in, head); err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return Header{}, err
	} else {
		head = head[:n]
	}
	h, err := parseTokenHeader(head, size)
	if err != nil {
		return h, err
	}
	sum := sha256.New()
	block := make([]byte, 64<<10)
	for left := size - tokenHeaderSize; left > 0; {
		b := block[:min(left, int64(len(block)))]
		if _, err := io.ReadFull(in, b); err != nil {
			return h, fmt.Errorf("it ends %d bytes too early: %w", left, err)
		}
		sum.Write(b)
		if id := highest(b, h.width()); id >= h.VocabularySize {
			return h, fmt.Errorf("it has id %d, and the vocabulary %d tokens", id, h.VocabularySize)
		}
		left -= int64(len(b))
	}
	if !bytes.Equal(h.encode(sum.Sum(nil)), head) {
		return h, errors.New("it is not what was written: its sha256 is another")
	}
	return h, nil
}

// highest is the highest of the ids in b.
func highest(b []byte, width int) (id int) {
	for i := 0; i < len(b); i += width {
		if width == 2 {
			id = max(id, int(binary.LittleEndian.Uint16(b[i:])))
		} else {
			id = max(id, int(binary.LittleEndian.Uint32(b[i:])))
		}
	}
	return id
}

// copiesMapped is after how many copies the file is mapped anew. Pages that were touched count as the process's memory
// until then: up to 64 KiB around each copy, as the system sees fit.
const copiesMapped = 512

// Len is the number of tokens.
func (t *File) Len() int { return t.Tokens() }

// Copy copies ids from position at on. It may be called by several goroutines at once.
func (t *File) Copy(into []int32, at int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if at < 0 || at+len(into) > t.Tokens() {
		panic("dataset: ids outside the token file")
	}
	if t.copies++; t.copies >= copiesMapped {
		t.copies = 0
		if mapped, err := mmap.Map(t.file, mmap.RDONLY, 0); err == nil { // else the old one stays
			t.mapped.Unmap()
			t.mapped = mapped
		}
	}
	width := t.width()
	b := t.mapped[tokenHeaderSize+at*width:]
	for i := range into {
		if width == 2 {
			into[i] = int32(binary.LittleEndian.Uint16(b[2*i:]))
		} else {
			into[i] = int32(binary.LittleEndian.Uint32(b[4*i:]))
		}
	}
}

// Close ends the use of the file.
func (t *File) Close() error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return errors.Join(t.mapped.Unmap(), t.file.Close())
}
