// Package files reads and writes whole files. Write replaces a file as a whole, so that a reader finds the old file or
// the new one, never a part of either. An error names the file once.
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

// Write replaces a file as a whole. After a crash the old file or the new one is there.
func Write(path string, data []byte) error {
	if err := renameio.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("%s: %w", path, Reason(err)) // renameio names its temporary file
	}
	return nil
}

// WriteJSON replaces a file as a whole with a JSON value and a line feed.
func WriteJSON(path string, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return Write(path, append(data, '\n'))
}

// ReadJSON reads a JSON file into target.
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

// StrictJSON decodes exactly one JSON value and refuses keys that target does not have.
func StrictJSON(data []byte, target any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(target); err != nil {
		var wrong *json.UnmarshalTypeError
		if errors.As(err, &wrong) && wrong.Field != "" {
			return fmt.Errorf("%s is of type %s; it must be %v", wrong.Field, wrong.Value, wrong.Type)
		}
		return err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return errors.New("the file holds more than one JSON value")
	}
	return nil
}

// Reason returns what went wrong with a file, without the path. Callers put the path in front.
func Reason(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	var linkError *os.LinkError
	if errors.As(err, &linkError) {
		return linkError.Err
	}
	return err
}
