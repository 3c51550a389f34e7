package text

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"unicode/utf8"
)

// ReadFile reads a text as UTF-8. A byte order mark at the beginning is dropped, CR LF becomes LF, and everything
// else, NUL included, stays. Bytes that are not UTF-8 are an error that says where the first one is, or, if
// lossy, are replaced by U+FFFD each and counted.
func ReadFile(path string, lossy bool) (content string, replaced int, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		var pathError *fs.PathError
		if errors.As(err, &pathError) {
			err = pathError.Err
		}
		return "", 0, fmt.Errorf("%s: %w", path, err)
	}
	if len(data) == 0 {
		return "", 0, fmt.Errorf("%s: the file is empty", path)
	}
	content, replaced, at := Clean(string(data))
	if at >= 0 && !lossy {
		return "", 0, fmt.Errorf("%s: byte %d is not UTF-8; pass --lossy to replace it", path, at)
	}
	return content, replaced, nil
}

// Clean applies ReadFile's rules to a text: it returns the clean text, how many bytes were replaced, and the
// offset of the first of them, counted from 0; -1 if there is none.
func Clean(s string) (clean string, replaced, first int) {
	first = -1
	var b strings.Builder
	if !utf8.ValidString(s) {
		b.Grow(len(s))
		for i := 0; i < len(s); {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				if replaced++; first < 0 {
					first = i
				}
			}
			b.WriteRune(r)
			i += size
		}
		s = b.String()
	}
	s = strings.TrimPrefix(s, "\uFEFF")
	return strings.ReplaceAll(s, "\r\n", "\n"), replaced, first
}
