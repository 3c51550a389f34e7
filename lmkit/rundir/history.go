package rundir

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"owlm/internal/files"
)

// HistoryFile is the name of a run's history.
const HistoryFile = "history.jsonl"

// Record is one line of a history.
type Record struct {
	// Kind is "step" or "epoch". There is a "step" record for the steps that train.Config.LogEvery, ValidateEvery and
	// Samples.Every select.
	Kind  string `json:"kind"`
	Epoch int    `json:"epoch"`
	Step  int    `json:"step"`
	// Loss is the mean cross entropy of the step or, in an "epoch" record, of the epoch, in nats. A skipped step has
	// the mean loss of its epoch so far, and gradient norm 0.
	Loss float64 `json:"loss"`
	// ValidLoss is the mean cross entropy on the validation part, in nats; nil where it was not measured.
	ValidLoss *float64 `json:"valid_loss,omitempty"`
	// LearningRate and GradientNorm, the global L2 norm before clipping, are those of the step or of the epoch's last
	// step.
	LearningRate float64 `json:"learning_rate"`
	GradientNorm float64 `json:"gradient_norm"`
	// TokensPerSecond is the number of tokens read per second of training steps, over the epoch or since the last
	// "step" record.
	TokensPerSecond float64 `json:"tokens_per_second"`
	// Skipped counts the steps of the run so far that were skipped because their loss or gradient was not finite.
	Skipped int `json:"skipped,omitempty"`
	// Sample is what the model wrote after the step, prompt included; "" if nothing was asked for.
	Sample string `json:"sample,omitempty"`
}

// ReadHistory reads the history of the run in a directory. It passes over a last line that was cut off, as by a power
// failure.
func ReadHistory(dir string) ([]Record, error) {
	path := filepath.Join(dir, HistoryFile)
	file, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no training history there", dir)
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var records []Record
	var broken error
	in := bufio.NewReader(file)
	for number := 1; ; number++ {
		line, err := in.ReadBytes('\n')
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("%s: %w", path, files.Reason(err))
		}
		atEnd := err == io.EOF
		if len(bytes.TrimSpace(line)) > 0 {
			if broken != nil {
				return nil, broken
			}
			var r Record
			if err := json.Unmarshal(line, &r); err == nil {
				records = append(records, r)
			} else {
				broken = fmt.Errorf("%s: line %d: %w", path, number, err)
			}
		}
		if atEnd {
			return records, nil
		}
	}
}

// Losses returns the mean training loss, in nats, of each epoch of a history.
func Losses(records []Record) []float64 {
	var losses []float64
	for _, r := range records {
		if r.Kind == "epoch" {
			losses = append(losses, r.Loss)
		}
	}
	return losses
}

// History is the open history of a run. A nil History drops what is appended.
type History struct{ file *os.File }

// OpenHistory replaces the history of the run in a directory with records, and opens it for more.
func OpenHistory(dir string, records []Record) (*History, error) {
	var data []byte
	for _, r := range records {
		line, err := json.Marshal(r)
		if err != nil {
			return nil, err
		}
		data = append(append(data, line...), '\n')
	}
	path := filepath.Join(dir, HistoryFile)
	if err := files.Write(path, data); err != nil {
		return nil, err
	}
	file, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	return &History{file}, nil
}

// Append writes a record at the end of the history.
func (h *History) Append(r Record) error {
	if h == nil {
		return nil
	}
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	_, err = h.file.Write(append(line, '\n'))
	return err
}

// Close closes the file.
func (h *History) Close() error {
	if h == nil {
		return nil
	}
	return h.file.Close()
}
