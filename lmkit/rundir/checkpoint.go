package rundir

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/renameio/v2"

	"owlm/internal/files"
	"owlm/internal/oneline"
	"owlm/lmkit/network"
)

// Files of a checkpoint beyond those of a model directory.
const (
	TrainingFile = "training.safetensors" // optimizer moments, random state, carried states
	PositionFile = "position.json"
	manifestFile = "MANIFEST.json"
)

// keptCheckpoints is how many of a run's newest checkpoints stay.
const keptCheckpoints = 3

// manifest lists a checkpoint's other files, so that a reader can tell a whole checkpoint from a damaged one.
type manifest struct {
	Format int                      `json:"format"`
	Files  map[string]manifestEntry `json:"files"`
}

type manifestEntry struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// CheckpointName is the name of the checkpoint after a step.
func CheckpointName(step int) string { return fmt.Sprintf("step-%08d", step) }

func Checkpoints(dir string) string { return filepath.Join(dir, "checkpoints") }

// WriteCheckpoint writes the checkpoint after a step of the run in a directory, as a whole or not at all: fill writes its files into a
// temporary directory, each synced; the manifest comes last, and the directory is renamed. Of older checkpoints the newest stay, and the
// one at spared. It returns the checkpoint's path.
func WriteCheckpoint(runDir string, step int, spared string, fill func(dir string) error) (string, error) {
	parent := Checkpoints(runDir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", err
	}
	final := filepath.Join(parent, CheckpointName(step))
	if _, err := Verify(final); err == nil {
		return final, nil // this very step is saved already
	}
	temporary, err := os.MkdirTemp(parent, ".step-")
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
	if err := os.RemoveAll(final); err != nil { // a damaged one of the same step
		return "", err
	}
	if err := os.Rename(temporary, final); err != nil {
		return "", err
	}
	if err := syncDirectory(parent); err != nil {
		return "", err
	}
	return final, removeOldCheckpoints(parent, spared)
}

func writeManifest(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	m := manifest{Format: network.Format, Files: make(map[string]manifestEntry)}
	for _, entry := range entries {
		hashed, err := hashFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			return err
		}
		m.Files[entry.Name()] = hashed
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	// The directory itself is renamed into place later, so the manifest need not be atomic.
	return renameio.WriteFile(filepath.Join(dir, manifestFile), append(data, '\n'), 0o644)
}

func hashFile(path string) (manifestEntry, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return manifestEntry{}, err
	}
	sum := sha256.Sum256(data)
	return manifestEntry{Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:])}, nil
}

// Verify reads a checkpoint's position after checking every file against the manifest.
func Verify(dir string) (Position, error) {
	var m manifest
	var p Position
	if err := files.ReadJSON(filepath.Join(dir, manifestFile), &m); err != nil {
		return p, err
	}
	if m.Format != network.Format {
		return p, fmt.Errorf("%s: format is %d, and this version of lmkit reads format %d", dir, m.Format, network.Format)
	}
	for name, want := range m.Files {
		if name != filepath.Base(name) {
			return p, fmt.Errorf("%s: the manifest names a file outside the checkpoint: %q", dir, name)
		}
		got, err := hashFile(filepath.Join(dir, name))
		if err != nil {
			return p, fmt.Errorf("%s: %s: %w", dir, name, files.Reason(err))
		}
		if got != want {
			return p, fmt.Errorf("%s: %s has %d bytes and sha256 %.12s…, but the manifest says %d and %.12s…", dir, name, got.Size, got.SHA256, want.Size, want.SHA256)
		}
	}
	return p, files.ReadJSON(filepath.Join(dir, PositionFile), &p)
}

// Newest is the newest checkpoint that verifies, "" if the run has none at all. Each one
// passed over is named to warn; if every one is damaged, the error lists them.
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

// List lists the names of the checkpoints of the run in a directory, oldest first. A run without any has none.
func List(dir string) ([]string, error) { return checkpointNames(Checkpoints(dir)) }

// checkpointNames lists the checkpoints in a directory, oldest first.
func checkpointNames(parent string) ([]string, error) {
	entries, err := os.ReadDir(parent)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, entry := range entries {
		if entry.IsDir() && strings.HasPrefix(entry.Name(), "step-") {
			names = append(names, entry.Name())
		}
	}
	return names, nil // ReadDir sorts, and the step numbers have leading zeros
}

// removeOldCheckpoints keeps the newest ones, and the one at spared. It runs after a new checkpoint is safely in place.
func removeOldCheckpoints(parent, spared string) error {
	names, err := checkpointNames(parent)
	if err != nil {
		return err
	}
	for _, name := range names[:max(0, len(names)-keptCheckpoints)] {
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
