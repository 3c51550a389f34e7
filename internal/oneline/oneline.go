// Package oneline makes errors one line, which is how users see them, and quotes the commands in them.
package oneline

import (
	"errors"
	"strings"
)

// Join returns one error whose message joins the messages of all problems with "; ". It returns nil without problems.
func Join(problems []error) error {
	if len(problems) == 0 {
		return nil
	}
	messages := make([]string, len(problems))
	for i, problem := range problems {
		messages[i] = problem.Error()
	}
	return errors.New(strings.Join(messages, "; "))
}

// Of returns the first line of an error's message. GoMLX adds a stack trace below it.
func Of(err error) string { return First(err.Error()) }

// Wrap returns an error whose message is the first line of err's message, and which wraps err.
func Wrap(err error) error {
	if !strings.Contains(err.Error(), "\n") {
		return err
	}
	return wrapped{err}
}

type wrapped struct{ error }

func (w wrapped) Error() string { return Of(w.error) }

func (w wrapped) Unwrap() error { return w.error }

// First returns the first line of a text.
func First(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
