package dataset

import (
	"crypto/sha256"
	"hash"
	"io"
	"unicode/utf8"
)

// Measure reads a text and measures what it has read.
type Measure struct {
	in  io.Reader
	sum hash.Hash
	// Bytes and Characters are the size of the text so far, in bytes and in code points.
	Bytes, Characters int
}

// NewMeasure returns a Measure of a text in UTF-8.
func NewMeasure(r io.Reader) *Measure { return &Measure{in: r, sum: sha256.New()} }

// Read reads the next bytes of the text.
func (m *Measure) Read(p []byte) (int, error) {
	n, err := m.in.Read(p)
	m.sum.Write(p[:n])
	m.Bytes += n
	for _, b := range p[:n] {
		if utf8.RuneStart(b) {
			m.Characters++
		}
	}
	return n, err
}

// SHA256 returns the sha256 of the text so far.
func (m *Measure) SHA256() (sum [sha256.Size]byte) {
	m.sum.Sum(sum[:0])
	return sum
}
