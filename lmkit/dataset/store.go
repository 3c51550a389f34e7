package dataset

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"owlm/lmkit/text"
	"path/filepath"
)

// store keeps provisional ids until the final ones are known.
type store interface {
	add(id int32) error
	// read begins to read; next gives one id after the other.
	read() (next func() (int32, error), err error)
	remove()
}

// newStore is a store beside a token file, or in memory if path is "".
func newStore(path string) (store, error) {
	if path == "" {
		return &memoryStore{}, nil
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-")
	if err != nil {
		return nil, err
	}
	return &fileStore{file: file, out: bufio.NewWriterSize(file, 64<<10)}, nil
}

type memoryStore struct{ ids []int32 }

func (s *memoryStore) add(id int32) error {
	s.ids = append(s.ids, id)
	return nil
}

func (s *memoryStore) read() (next func() (int32, error), err error) {
	at := -1
	return func() (int32, error) { at++; return s.ids[at], nil }, nil
}

func (s *memoryStore) remove() {}

// fileStore writes ids as varints: as frequent tokens come early in a text, most take one byte or two.
type fileStore struct {
	file *os.File
	out  *bufio.Writer
	id   [binary.MaxVarintLen32]byte
}

func (s *fileStore) add(id int32) error {
	_, err := s.out.Write(binary.AppendUvarint(s.id[:0], uint64(id)))
	return err
}

func (s *fileStore) read() (next func() (int32, error), err error) {
	if err := s.out.Flush(); err != nil {
		return nil, err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(s.file, 64<<10)
	return func() (int32, error) {
		id, err := binary.ReadUvarint(in)
		return int32(id), err
	}, nil
}

func (s *fileStore) remove() {
	s.file.Close()
	os.Remove(s.file.Name())
}

// sink receives the final ids. Without finish, cleanup leaves nothing behind.
type sink interface {
	add(id int32) error
	finish() (text.IDs, error)
	cleanup()
}

// newSink is a token file, or memory if path is "". The header is complete when finish is called.
func newSink(path string, h *Header) (sink, error) {
	if path == "" {
		return &memorySink{make([]int32, 0, h.Tokens())}, nil
	}
	return newTokenWriter(path, h)
}

type memorySink struct{ ids text.IDList }

func (s *memorySink) add(id int32) error {
	s.ids = append(s.ids, id)
	return nil
}

func (s *memorySink) finish() (text.IDs, error) { return s.ids, nil }

func (s *memorySink) cleanup() {}
