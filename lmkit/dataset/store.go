package dataset

import (
	"bufio"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
)

// store keeps provisional ids until the final ids are known.
type store interface {
	add(id int32) error
	// read begins to read the ids; each call of next returns one.
	read() (next func() (int32, error), err error)
	remove()
}

// newStore makes a store in a file next to the token file at path, or in memory if path is "".
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

// fileStore writes ids as varints. Frequent tokens occur early in a text and so have low ids, which take a byte or two.
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
