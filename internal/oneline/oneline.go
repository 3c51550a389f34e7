// Package oneline writes errors in one line, as users see them.
package oneline

import (
	"errors"
	"strings"
)

// Join puts several problems into one line.
func Join(problems []error) error {
	if len(problems) == 0 {
		return nil
	}
	lines := make([]string, len(problems))
	for i, problem := range problems {
		lines[i] = problem.Error()
	}
	return errors.New(strings.Join(lines, "; "))
}

// Of returns the first line of an error's message: GoMLX adds stack traces below it.
func Of(err error) string { return First(err.Error()) }

// First returns the first line of a text.
func First(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
