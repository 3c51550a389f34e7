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

// Record is one line of history.jsonl.
type Record struct {
	// Kind is "step" or "epoch". An epoch's Loss is the mean over the epoch. Step lines come as often as TrainConfig's LogEvery,
	// ValidateEvery and Samples.Every ask for.
	Kind  string `json:"kind"`
	Epoch int    `json:"epoch"`
	Step  int    `json:"step"`
	// Loss and ValidLoss are mean cross entropies in nats; ValidLoss is nil where none was measured. A skipped
	// step has the mean loss of its epoch so far, and no gradient norm.
	Loss      float64  `json:"loss"`
	ValidLoss *float64 `json:"valid_loss,omitempty"`
	// LearningRate is the one of the step, or of the epoch's last step.
	LearningRate float64 `json:"learning_rate"`
	// GradientNorm is the global L2 norm before clipping, of the step or of the epoch's last step.
	GradientNorm float64 `json:"gradient_norm"`
	// TokensPerSecond counts tokens read in training, over the epoch or since the last "step" line, in the time of the training steps.
	TokensPerSecond float64 `json:"tokens_per_second"`
	// Skipped is how many steps of the run, so far, were passed over because their loss or gradient was not finite.
	Skipped int `json:"skipped,omitempty"`
	// Sample is what the model wrote after the step, prompt included, where that was asked for.
	Sample string `json:"sample,omitempty"`
}

const HistoryFile = "history.jsonl"

// ReadHistory reads the history of the training run in a model directory. A last line that was
// cut off, as by a power failure, is passed over.
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

// Losses are the mean training losses, in nats, of the epochs of a history.
func Losses(records []Record) []float64 {
	var losses []float64
	for _, r := range records {
		if r.Kind == "epoch" {
			losses = append(losses, r.Loss)
		}
	}
	return losses
}

// History appends records to a run's history.
type History struct{ file *os.File }

// OpenHistory opens the history of a run, cut back to the records that keep accepts.
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

func (h *History) Close() error {
	if h == nil {
		return nil
	}
	return h.file.Close()
}
