package rundir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"owlm/internal/oneline"
)

// Files of a checkpoint that a finished model does not have.
const (
	TrainingFile = "training.safetensors" // optimizer moments, random state, carried states
	PositionFile = "position.json"
)

// keptCheckpoints is how many of a run's newest checkpoints stay.
const keptCheckpoints = 3

// A checkpoint is named after its step; temporaryPrefix begins the name of one that is being written.
const (
	namePrefix      = "step-"
	temporaryPrefix = ".step-"
)

// Checkpoints returns the directory that holds the checkpoints of the run in dir.
func Checkpoints(dir string) string { return filepath.Join(dir, checkpointsDirectory) }

// CheckpointName returns the name of the checkpoint after a step.
func CheckpointName(step int) string { return fmt.Sprintf("%s%08d", namePrefix, step) }

// stepOf returns the step of a checkpoint from its name.
func stepOf(name string) (step int, ok bool) {
	digits, ok := strings.CutPrefix(name, namePrefix)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseUint(digits, 10, 63)
	return int(n), err == nil
}

// WriteCheckpoint writes the checkpoint after a step of the run in runDir, as a whole or not at all, and returns its
// path. fill writes the files into a temporary directory, and must sync each; the manifest follows, and the directory
// is renamed. Of the older checkpoints the newest stay, and the one at the path spared. If the checkpoint of this step
// is there and whole, WriteCheckpoint does nothing. The caller must hold the run's Lock.
func WriteCheckpoint(runDir string, step int, spared string, fill func(dir string) error) (string, error) {
	parent := Checkpoints(runDir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	final := filepath.Join(parent, CheckpointName(step))
	if _, err := Verify(final); err == nil {
		return final, nil
	}
	temporary, err := os.MkdirTemp(parent, temporaryPrefix)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(temporary)
	err = fill(temporary)
	if err == nil {
		err = writeManifest(temporary)
	}
	if err != nil {
		return "", fmt.Errorf("saving a checkpoint in %s: %w", parent, err)
	}
	if err := os.Chmod(temporary, 0o755); err != nil {
		return "", err
	}
	if err := os.RemoveAll(final); err != nil { // a damaged checkpoint of the same step
		return "", err
	}
	if err := os.Rename(temporary, final); err != nil {
		return "", err
	}
	if err := syncDirectory(parent); err != nil {
		return "", err
	}
	return final, removeOldCheckpoints(parent, step, spared)
}

// removeOldCheckpoints removes checkpoints before a step, except the newest ones and the one at the path spared. It
// runs when the checkpoint of the step is safely in place, and so it also removes what a killed run left half written.
//
// Later checkpoints do not count: a run that went back before damaged ones must not lose what it writes now to them.
func removeOldCheckpoints(parent string, step int, spared string) error {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return err
	}
	var old []string
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), temporaryPrefix) {
			old = append(old, entry.Name())
		}
	}
	names := slices.DeleteFunc(checkpointNames(entries), func(name string) bool {
		s, _ := stepOf(name)
		return s > step
	})
	old = append(old, names[:max(0, len(names)-keptCheckpoints)]...)
	for _, name := range old {
		if path := filepath.Join(parent, name); path != spared {
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		}
	}
	return nil
}

func syncDirectory(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// List lists the names of the checkpoints of the run in dir, oldest first.
func List(dir string) ([]string, error) {
	entries, err := os.ReadDir(Checkpoints(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return checkpointNames(entries), err
}

// Unfinished reports whether the run in dir has not ended: it has no weights, or a checkpoint after the last step of
// its receipt, because it was resumed.
func Unfinished(dir string) bool {
	if _, err := os.Stat(filepath.Join(dir, WeightsFile)); errors.Is(err, fs.ErrNotExist) {
		return true
	}
	names, err := List(dir)
	if err != nil || len(names) == 0 {
		return false
	}
	receipt, err := ReadReceipt(dir)
	last, _ := stepOf(names[len(names)-1])
	return err == nil && last > receipt.Steps
}

// checkpointNames lists the checkpoints among the entries of a directory, oldest first.
func checkpointNames(entries []fs.DirEntry) []string {
	var names []string
	for _, entry := range entries {
		if _, ok := stepOf(entry.Name()); ok && entry.IsDir() {
			names = append(names, entry.Name())
		}
	}
	slices.SortFunc(names, func(a, b string) int { // not as strings: a step may have more than eight digits
		first, _ := stepOf(a)
		second, _ := stepOf(b)
		return first - second
	})
	return names
}

// Newest returns the path and the position of the newest checkpoint that Verify accepts; "" if the run has no
// checkpoint at all. warn receives a line for each damaged checkpoint that is passed over. If all are damaged, the
// error lists them.
func Newest(dir string, warn func(string)) (string, Position, error) {
	names, err := List(dir)
	if err != nil {
		return "", Position{}, err
	}
	var problems []error
	for _, name := range slices.Backward(names) {
		path := filepath.Join(Checkpoints(dir), name)
		p, err := Verify(path)
		if err == nil {
			return path, p, nil
		}
		warn("passing over a damaged checkpoint: " + err.Error())
		problems = append(problems, err)
	}
	if len(problems) > 0 {
		return "", Position{}, fmt.Errorf("no checkpoint in %s is whole: %w", Checkpoints(dir), oneline.Join(problems))
	}
	return "", Position{}, nil
}
