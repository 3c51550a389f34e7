// Package files reads and writes whole files: a reader finds the old file or the new one, and every error names the path once.
package files

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/google/renameio/v2"
)

// StrictJSON decodes exactly one JSON value and refuses keys that target does not have.
func StrictJSON(data []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) {
			return fmt.Errorf("%s is a %s; it must be of type %v", wrong.Field, wrong.Value, wrong.Type)
		}
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("there is more than one JSON value in the file")
	}
	return nil
}

// Write replaces a file as a whole: after a crash there is the old one or the new one.
func Write(path string, data []byte) error {
	return renameio.WriteFile(path, data, 0o644)
}

// WriteJSON replaces a file as a whole by a JSON value and a line feed.
func WriteJSON(path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return Write(path, append(data, '\n'))
}

// ReadJSON reads a JSON file into target, and names the file in every error.
func ReadJSON(path string, target any) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, Reason(err))
	}
	if err := json.Unmarshal(data, target); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// Reason returns what went wrong with a file without its path, which the caller names.
func Reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
