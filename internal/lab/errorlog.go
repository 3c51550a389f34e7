package lab

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"sync"
)

// errorLog passes on the errors in JupyterLab's log, a line each, or all of the log.
type errorLog struct {
	to  io.Writer
	all bool

	lock sync.Mutex
	rest []byte // the beginning of a line
	last string // the last line with text
}

// errorLine matches a line of JupyterLab's log that reports an error: "[E 2026-01-31 11:30:00.000 ServerApp] …".
var errorLine = regexp.MustCompile(`^\[E [^]]*\] .`)

func (l *errorLog) Write(p []byte) (int, error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.all {
		l.to.Write(p)
	}
	l.rest = append(l.rest, p...)
	for {
		line, rest, found := bytes.Cut(l.rest, []byte("\n"))
		if !found {
			return len(p), nil
		}
		l.rest = rest
		if text := strings.TrimSpace(string(line)); text != "" {
			l.last = text
		}
		if !l.all && errorLine.Match(line) {
			l.to.Write(append(line, '\n'))
		}
	}
}

// prefix matches what JupyterLab and the guard write before a message.
var prefix = regexp.MustCompile(`^(\[. [^]]*\] *|lmkit: )`)

// reason returns the last message of the log or, if there is none, the error with which JupyterLab ended.
func (l *errorLog) reason(err error) string {
	l.lock.Lock()
	defer l.lock.Unlock()
	switch message := prefix.ReplaceAllString(l.last, ""); {
	case message != "":
		return message
	case err != nil:
		return err.Error()
	}
	return "it did not say why"
}
