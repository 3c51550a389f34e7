package parity

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"

	"owlm/bench/peers"
	"owlm/lmkit/backend"
)

// trainScript is the path, in the checkout, of the script that repeats a run in PyTorch.
const trainScript = "bench/peers/torch_train.py"

// line is a line that the script prints: after each epoch its losses, at the end the rest.
type line struct {
	Epoch
	TestLoss *float64 `json:"test_loss"`
	Steps    int      `json:"steps"`
	Seconds  float64  `json:"seconds"`
	Version  string   `json:"version"`
}

// train repeats the run in a directory in PyTorch.
func (r *Retraining) train(ctx context.Context, checkout, python, dir string, ours Training, log io.Writer) (
	t Training, err error) {
	command := exec.CommandContext(ctx, python, filepath.Join(checkout, filepath.FromSlash(trainScript)), dir)
	command.Env = append(os.Environ(),
		"PYTHONNOUSERSITE=1", "PYTHONUTF8=1", "PYTHONDONTWRITEBYTECODE=1", "PYTHONPATH="+checkout)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	printed, err := command.StdoutPipe()
	if err != nil {
		return t, err
	}
	if err := command.Start(); err != nil {
		return t, fmt.Errorf("%s: %w", python, err)
	}
	t = Training{
		System: peers.PyTorch, Seed: ours.Seed, Inputs: ours.Inputs, Device: backend.Processor(),
		Command: []string{"python", trainScript, dir},
	}
	last, readErr := t.read(printed, log)
	io.Copy(io.Discard, printed)
	err = command.Wait()
	switch {
	case ctx.Err() != nil:
		return t, ctx.Err()
	case err != nil:
		return t, fmt.Errorf("%s: %w: %s", trainScript, err, peers.LastLine(stderr.String()))
	case readErr != nil:
		return t, fmt.Errorf("%s: %w", trainScript, readErr)
	case len(t.Epochs) == 0 || last.Version == "":
		return t, fmt.Errorf("%s printed no result", trainScript)
	}
	t.Steps, t.Seconds, t.Versions = last.Steps, last.Seconds, map[string]string{"torch": last.Version}
	r.evaluate(&t, *t.Epochs[len(t.Epochs)-1].ValidLoss, last.TestLoss)
	return t, nil
}

// read reads the epochs from what the script prints, and returns its last line.
func (t *Training) read(printed io.Reader, log io.Writer) (last line, err error) {
	lines := bufio.NewScanner(printed)
	for lines.Scan() {
		last = line{}
		if err := json.Unmarshal(lines.Bytes(), &last); err != nil {
			return last, err
		}
		if last.ValidLoss == nil {
			continue
		}
		t.Epochs = append(t.Epochs, last.Epoch)
		fmt.Fprintf(log, "epoch %d: loss %.4f, validation perplexity %.2f\n",
			last.Epoch.Epoch, last.Loss, math.Exp(*last.ValidLoss))
	}
	return last, lines.Err()
}
