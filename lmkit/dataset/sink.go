package dataset

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"

	"github.com/google/renameio/v2"

	"owlm/lmkit/text"
)

// sink receives the final ids. finish returns them; cleanup without finish leaves nothing behind.
type sink interface {
	add(id int32) error
	finish() (text.IDs, error)
	cleanup()
}

// newSink begins the token file at path, or a list in memory if path is "". The header must be complete when finish is
// called.
func newSink(path string, h *Header) (sink, error) {
	if path == "" {
		return &memorySink{make([]int32, 0, h.Tokens())}, nil
	}
	w, err := newTokenWriter(path, h)
	if err != nil {
		return nil, err // and not an interface that holds a nil pointer
	}
	return w, nil
}

type memorySink struct{ ids text.IDList }

func (s *memorySink) add(id int32) error {
	s.ids = append(s.ids, id)
	return nil
}

func (s *memorySink) finish() (text.IDs, error) { return s.ids, nil }

func (s *memorySink) cleanup() {}

// tokenWriter writes a token file, which appears as a whole or not at all.
type tokenWriter struct {
	*Header
	path string
	file *renameio.PendingFile
	out  *bufio.Writer
	ids  hash.Hash
	id   [4]byte
}

func newTokenWriter(path string, h *Header) (*tokenWriter, error) {
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return nil, err
	}
	w := &tokenWriter{Header: h, path: path, file: file, ids: sha256.New()}
	w.out = bufio.NewWriterSize(io.MultiWriter(file, w.ids), 64<<10)
	if _, err := file.Write(make([]byte, tokenHeaderSize)); err != nil { // finish writes the header there
		w.cleanup()
		return nil, err
	}
	return w, nil
}

func (w *tokenWriter) add(id int32) error {
	binary.LittleEndian.PutUint32(w.id[:], uint32(id))
	_, err := w.out.Write(w.id[:w.width()])
	return err
}

// finish writes the header, puts the file in its place and opens it.
func (w *tokenWriter) finish() (text.IDs, error) {
	if err := w.out.Flush(); err != nil {
		return nil, err
	}
	if _, err := w.file.WriteAt(w.encode(w.ids.Sum(nil)), 0); err != nil {
		return nil, err
	}
	if err := w.file.CloseAtomicallyReplace(); err != nil {
		return nil, err
	}
	return OpenFile(w.path)
}

func (w *tokenWriter) cleanup() { w.file.Cleanup() }
