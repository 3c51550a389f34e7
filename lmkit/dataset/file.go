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
	"sync"

	"github.com/edsrzf/mmap-go"

	"owlm/internal/files"
)

// File is an open token file, which is read through a memory map. It implements text.IDs.
type File struct {
	Header
	file *os.File

	mutex  sync.Mutex
	mapped mmap.MMap
	copies int
}

// OpenFile opens a token file and compares it with its hash. Errors name the file.
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

// verifyTokens reads a token file of size bytes once, and checks its header, its ids and their hash.
func verifyTokens(r io.Reader, size int64) (Header, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	head := make([]byte, tokenHeaderSize)
	n, err := io.ReadFull(in, head)
	if err != nil && err != io.ErrUnexpectedEOF && err != io.EOF {
		return Header{}, err
	}
	h, err := parseHeader(head[:n], size)
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
		return h, errors.New("it is damaged: its sha256 is not the one that it was written with")
	}
	return h, nil
}

// highest returns the highest id in b.
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

// Len returns the number of tokens.
func (t *File) Len() int { return t.Tokens() }

// copiesMapped is the number of copies after which the file is mapped anew. Until then, every page that was touched
// counts as memory of the process, and the system may read up to 64 KiB around it.
const copiesMapped = 512

// Copy copies ids from position at on, as many as into holds. Several goroutines may call it at once.
func (t *File) Copy(into []int32, at int) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if at < 0 || at+len(into) > t.Tokens() {
		panic("dataset: ids outside the token file")
	}
	if t.copies++; t.copies >= copiesMapped {
		t.copies = 0
		if mapped, err := mmap.Map(t.file, mmap.RDONLY, 0); err == nil { // or else the old map stays
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

// Close unmaps and closes the file, which must not be used afterwards.
func (t *File) Close() error {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return errors.Join(t.mapped.Unmap(), t.file.Close())
}
