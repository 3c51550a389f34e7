package setup

import (
	"errors"
	"fmt"
	"strings"
)

// venvProblem describes in one line why python -m venv failed.
func venvProblem(err error) string {
	if strings.Contains(err.Error(), "ensurepip") {
		return "its ensurepip is missing"
	}
	return lastLine(err.Error())
}

// pipError describes in one line why pip failed.
func pipError(message string) error {
	switch {
	case strings.Contains(message, "DO NOT MATCH THE HASHES"):
		return fmt.Errorf("a download is not the file that was locked, and nothing was installed: %s; "+
			"try again, or check the package index that pip uses", hashes(message))
	case has(message, "Retrying", "connection", "Connection", "timed out", "Temporary failure", "Name or service",
		"IncompleteRead"):
		return fmt.Errorf("pip could not download what it needs, and nothing was installed (%s); "+
			"try again with a network; training and generation on the go engine work without one", lastError(message))
	case has(message, "No matching distribution"):
		return fmt.Errorf("there is no package for this machine: %s", lastError(message))
	case has(message, "No space left"):
		return errors.New("the disk is full, and nothing was installed; make room or set LMKIT_CACHE to another disk")
	}
	return fmt.Errorf("pip failed, and nothing was installed: %s", lastError(message))
}

// has reports whether a message contains one of several parts.
func has(message string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(message, part) {
			return true
		}
	}
	return false
}

// lastError returns pip's last line that is marked as an error, else its last line.
func lastError(message string) string {
	lines := strings.Split(strings.TrimSpace(message), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if text, found := strings.CutPrefix(lines[i], "ERROR: "); found {
			return strings.TrimSpace(text)
		}
	}
	return lastLine(message)
}

// hashes takes the package, the expected hashes and the actual one from pip's message.
func hashes(message string) string {
	var name, got string
	var expected []string
	for line := range strings.Lines(message) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
		case strings.Contains(fields[0], "=="):
			name = strings.TrimSuffix(fields[0], ":")
		case fields[0] == "Expected":
			expected = append(expected, fields[len(fields)-1])
		case fields[0] == "Got":
			got = fields[len(fields)-1]
		}
	}
	return fmt.Sprintf("%s has sha256 %s, expected %s", name, got, strings.Join(expected, " or "))
}
