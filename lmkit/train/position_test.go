package train

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"owlm/internal/files"
	"owlm/internal/want"
	"owlm/lmkit/backend"
	"owlm/lmkit/corpora"
	"owlm/lmkit/rundir"
	"owlm/lmkit/safetensors"
	"owlm/lmkit/text"
)

// remake rewrites the manifest of a checkpoint to match its files.
func remake(t *testing.T, checkpoint string) {
	t.Helper()
	path := filepath.Join(checkpoint, "MANIFEST.json")
	var manifest struct {
		Format int            `json:"format"`
		Files  map[string]any `json:"files"`
	}
	err := files.ReadJSON(path, &manifest)
	for name := range manifest.Files {
		data, readErr := os.ReadFile(filepath.Join(checkpoint, name))
		err = errors.Join(err, readErr)
		sum := sha256.Sum256(data)
		manifest.Files[name] = map[string]any{"size": len(data), "sha256": hex.EncodeToString(sum[:])}
	}
	if err := errors.Join(err, files.WriteJSON(path, manifest)); err != nil {
		t.Fatal(err)
	}
}

// savedStream trains for three steps and returns the run, to be resumed, and its only checkpoint.
func savedStream(t *testing.T) (c Config, checkpoint string) {
	t.Helper()
	c = tiny(backend.Go)
	c.Objective, c.BatchSize, c.Steps, c.Epochs = Stream{Length: 4}, 2, 3, 0
	c.Directory, c.CheckpointEvery = filepath.Join(t.TempDir(), "run"), 3
	train(t, c)
	c.Resume, c.Steps = true, 9
	return c, filepath.Join(rundir.Checkpoints(c.Directory), rundir.CheckpointName(3))
}

// TestImpossiblePosition changes values of a position and makes the manifest agree: the run is not resumed.
func TestImpossiblePosition(t *testing.T) {
	c, checkpoint := savedStream(t)
	path := filepath.Join(checkpoint, rundir.PositionFile)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ key, value, reason string }{
		{"step", "99999", "step is 99999, but the checkpoint is called step-00000003"},
		{"step", "-3", "step is -3"},
		{"index", "-1", "index is -1; it must be from 0 to 3"},
		{"index", "100000", "index is 100000"},
		{"epoch", "-1", "epoch is -1"},
		{"epoch", "4", "epoch is 4; it must be from 0 to 3"},
		{"epoch_count", "-1", "epoch_count is -1"},
		{"skipped_in_row", "1", "skipped_in_row is 1; it must be from 0 to 0"},
		{"schedule", `{"divided":-900}`, "schedule.divided is -900"},
		{"best", `{"valid_loss":1,"step":4,"epoch":1}`, "best.step is 4; it must be from 1 to 3"},
		{"pending", `{"step":2,"epoch":1}`, "the pending record is of step 2 in epoch 1; it must be of step 3"},
	} {
		var position map[string]json.RawMessage
		if err := json.Unmarshal(whole, &position); err != nil {
			t.Fatal(err)
		}
		position[test.key] = json.RawMessage(test.value)
		if err := files.WriteJSON(path, position); err != nil {
			t.Fatal(err)
		}
		remake(t, checkpoint)
		_, err := Run(t.Context(), corpora.Owl, c)
		want.Error(t, err, path, test.reason)
	}
}

// TestImpossibleStates does the same with the carried states.
func TestImpossibleStates(t *testing.T) {
	c, checkpoint := savedStream(t)
	path := filepath.Join(checkpoint, rundir.TrainingFile)
	file, err := safetensors.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for reason, change := range map[string]func(state *safetensors.Tensor) (keep bool){
		"it has 0 carried states; it must have 2": func(*safetensors.Tensor) bool { return false },
		"carried.0 is missing":                    func(s *safetensors.Tensor) bool { s.Name += "7"; return true },
		"its shape is not": func(s *safetensors.Tensor) bool {
			s.Shape = []int{s.Shape[1], s.Shape[0]}
			return true
		},
	} {
		var list []safetensors.Tensor
		for _, tensor := range file.Tensors {
			if !strings.HasPrefix(tensor.Name, statePrefix) || change(&tensor) {
				list = append(list, tensor)
			}
		}
		var data bytes.Buffer
		err := safetensors.Encode(&data, list, nil)
		if err := errors.Join(err, files.Write(path, data.Bytes())); err != nil {
			t.Fatal(err)
		}
		remake(t, checkpoint)
		_, err = Run(t.Context(), corpora.Owl, c)
		want.Error(t, err, path, reason)
	}
}

// TestShorterText resumes a run on a text whose epochs end before the place where the run was interrupted.
func TestShorterText(t *testing.T) {
	for objective, at := range map[Objective]int{Windows{Length: 5}: 40, Stream{Length: 4}: 14} {
		c := tiny(backend.Go)
		c.Objective, c.BatchSize, c.Directory = objective, 2, filepath.Join(t.TempDir(), "run")
		interruptOn(t, text.String("it", strings.Repeat(corpora.OwlText, 3)), c, at)
		h := &lossHook{}
		c.Resume, c.AllowChangedText, c.Epochs, c.Steps, c.Hooks = true, true, 0, at+25, []Hook{h}
		if _, err := Run(t.Context(), corpora.Owl, c); err != nil || len(h.steps) != 25 {
			t.Errorf("%#v: %d steps, %v", objective, len(h.steps), err)
		}
	}
}
