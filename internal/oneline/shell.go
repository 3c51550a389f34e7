package oneline

import (
	"strings"
	"unicode"
)

// ShellWord quotes a word of a command that a message recommends, if a POSIX shell needs that.
func ShellWord(word string) string {
	plain := func(r rune) bool {
		return strings.ContainsRune("/._-+=:,@%", r) || unicode.IsLetter(r) || unicode.IsDigit(r)
	}
	if word != "" && strings.TrimFunc(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
