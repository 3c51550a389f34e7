package dataset

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
	"owlm/lmkit/text"

	"github.com/google/renameio/v2"
)

// tokenWriter writes a token file, which is there as a whole or not at all.
type tokenWriter struct {
	*Header
	path string
	file *renameio.PendingFile
	out  *bufio.Writer
	ids  hash.Hash
	id   [4]byte
}

// newTokenWriter begins a token file. The header is complete when finish is called.
func newTokenWriter(path string, h *Header) (*tokenWriter, error) {
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return nil, err
	}
	w := &tokenWriter{Header: h, path: path, file: file, ids: sha256.New()}
	w.out = bufio.NewWriterSize(io.MultiWriter(file, w.ids), 64<<10)
	_, err = file.Write(make([]byte, tokenHeaderSize))
	return w, err
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

// cleanup removes what was written if finish has not put it in its place.
func (w *tokenWriter) cleanup() { w.file.Cleanup() }
