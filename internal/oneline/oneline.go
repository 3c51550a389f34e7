// Package oneline writes errors in one line.
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

// First returns the first line of a message: GoMLX adds stack traces below it.
func First(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
