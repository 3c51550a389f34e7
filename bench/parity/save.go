package parity

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/renameio/v2"
)

// readRetraining reads the comparison that was saved as OUT.json. It returns nil if there is none.
func readRetraining(out string) (*Retraining, error) {
	if out == "" {
		return nil, nil
	}
	data, err := os.ReadFile(out + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var r Retraining
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return nil, fmt.Errorf("%s.json: %w; remove it to start again", out, err)
	}
	return &r, nil
}

// save writes the comparison as OUT.json and its table as OUT.md. It replaces each file as a whole.
func (r *Retraining) save(out string) error {
	if out == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return err
	}
	data, err := json.MarshalIndent(r, "", " ")
	if err != nil {
		return err
	}
	var table bytes.Buffer
	if err := r.WriteTable(&table); err != nil {
		return err
	}
	return errors.Join(
		renameio.WriteFile(out+".json", append(data, '\n'), 0o644),
		renameio.WriteFile(out+".md", table.Bytes(), 0o644))
}
