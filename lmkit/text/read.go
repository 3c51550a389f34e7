package text

import (
	"fmt"
	"io"
	"owlm/internal/files"
	"strings"
	"unicode/utf8"
)

// ReadFile reads a text as UTF-8. A byte order mark at the beginning is dropped, CR LF becomes LF, and everything
// else, NUL included, stays. Bytes that are not UTF-8 are an error that says where the first one is, or, if
// lossy, are replaced by U+FFFD each and counted.
func ReadFile(path string, lossy bool) (content string, replaced int, err error) {
	stream, err := File(path, lossy).Open()
	if err != nil {
		return "", 0, err
	}
	defer stream.Close()
	var b strings.Builder
	if _, err := io.Copy(&b, stream); err != nil {
		return "", 0, err
	}
	return b.String(), stream.Replaced(), nil
}

// Clean applies ReadFile's rules to a text: it returns the clean text, how many bytes were replaced, and the
// offset of the first of them, counted from 0; -1 if there is none.
func Clean(s string) (clean string, replaced, first int) {
	c := newCleaner()
	data, _ := c.clean(make([]byte, 0, len(s)), []byte(s), true)
	return string(data), c.replaced, int(c.first)
}

// Reader gives a text in clean UTF-8, by ReadFile's rules, as it reads it.
type Reader struct {
	name        string
	in          io.Reader
	lossy       bool
	refuseEmpty bool
	cleaner     cleaner
	raw         []byte // read, and not clean yet
	clean       []byte // memory for ready
	ready       []byte // clean, and not given out yet
	err         error  // comes after ready
}

// NewReader makes a Reader of a text of any bytes, whose errors begin with name. Close closes in if that can be closed.
func NewReader(name string, in io.Reader, lossy bool) *Reader {
	return &Reader{name: name, in: in, lossy: lossy, cleaner: newCleaner(), raw: make([]byte, 0, 64<<10)}
}

// Replaced is how many bytes that are not UTF-8 were replaced so far.
func (r *Reader) Replaced() int {
	if !r.lossy {
		return 0
	}
	return r.cleaner.replaced
}

// Close closes what the text is read from.
func (r *Reader) Close() error {
	if c, ok := r.in.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// Read reads clean text, which may end within a character.
func (r *Reader) Read(p []byte) (int, error) {
	for len(r.ready) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		r.fill()
	}
	n := copy(p, r.ready)
	r.ready = r.ready[n:]
	return n, nil
}

// fill reads and cleans a piece.
func (r *Reader) fill() {
	n, err := r.in.Read(r.raw[len(r.raw):cap(r.raw)])
	r.raw = r.raw[:len(r.raw)+n]
	clean, used := r.cleaner.clean(r.clean[:0], r.raw, err == io.EOF)
	r.clean, r.ready, r.err = clean, clean, err
	r.raw = r.raw[:copy(r.raw, r.raw[used:])]
	switch first := r.cleaner.first; {
	case first >= 0 && !r.lossy:
		r.ready, r.err = nil, &NotUTF8Error{Name: r.name, Offset: first}
	case err == io.EOF && r.refuseEmpty && r.cleaner.offset == 0:
		r.err = fmt.Errorf("%s: the file is empty", r.name)
	case err != nil && err != io.EOF:
		r.err = fmt.Errorf("%s: %w", r.name, files.Reason(err))
	}
}

// NotUTF8Error says that a text has bytes that are not UTF-8. They are replaced where a text is read with lossy.
type NotUTF8Error struct {
	// Name is that of the text, Offset the place of the first such byte, counted from 0.
	Name   string
	Offset int64
}

func (e *NotUTF8Error) Error() string {
	if e.Name == "" {
		return fmt.Sprintf("byte %d is not UTF-8", e.Offset)
	}
	return fmt.Sprintf("%s: byte %d is not UTF-8", e.Name, e.Offset)
}

// cleaner applies the rules to a text that comes in pieces.
type cleaner struct {
	offset   int64 // of the next byte
	replaced int
	first    int64 // offset of the first byte that was replaced, -1 for none
}

func newCleaner() cleaner { return cleaner{first: -1} }

// clean appends the clean form of s to dst, and returns how much of s that was: at the end of a piece, unless it is
// the last, CR and a character that is cut off are left for the next.
func (c *cleaner) clean(dst, s []byte, last bool) (clean []byte, used int) {
	done, i := 0, 0 // s[done:i] is clean, and not appended yet
	for i < len(s) {
		if s[i] < utf8.RuneSelf && s[i] != '\r' {
			i++
			continue
		}
		if !last && (s[i] == '\r' && i+1 == len(s) || !utf8.FullRune(s[i:])) {
			break
		}
		r, size := utf8.DecodeRune(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = utf8.AppendRune(append(dst, s[done:i]...), r)
			done = i + 1
			if c.replaced++; c.first < 0 {
				c.first = c.offset + int64(i)
			}
		case r == '\r' && i+1 < len(s) && s[i+1] == '\n', r == '\uFEFF' && c.offset+int64(i) == 0:
			dst = append(dst, s[done:i]...)
			done = i + size
		}
		i += size
	}
	c.offset += int64(i)
	return append(dst, s[done:i]...), i
}

// Valid replaces the bytes of a text that are not UTF-8 as CutUTF8 does. A last character that is incomplete becomes
// U+FFFD.
func Valid(s string) string {
	whole, rest := CutUTF8(s)
	if rest != "" {
		whole += "\uFFFD"
	}
	return whole
}

// CutUTF8 cuts a text where its last character is incomplete: whole is valid UTF-8, and rest, at most 3 bytes, is the
// beginning of a character that more text may end. Other bytes that are not UTF-8 become U+FFFD, one for each
// stretch that begins like a character, as Hugging Face decodes.
func CutUTF8(s string) (whole, rest string) {
	if utf8.ValidString(s) {
		return s, ""
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			if !utf8.FullRuneInString(s[i:]) {
				return b.String(), s[i:]
			}
			for !utf8.FullRuneInString(s[i:i+size]) && !utf8.FullRuneInString(s[i:i+size+1]) {
				size++
			}
		}
		b.WriteRune(r)
		i += size
	}
	return b.String(), ""
}
