package rundir

import (
	"os"
	"path/filepath"

	"owlm/lmkit/text"
)

// The four files that make a model.
const (
	ConfigFile     = "config.json"
	TokenizerFile  = text.TokenizerFile
	VocabularyFile = "vocabulary.json"
	WeightsFile    = "model.safetensors"
)

// SettingsFile holds, in a run's directory, what a resumed run needs to know of the first one.
const SettingsFile = "run.json"

// HeldError says that a directory holds a model or a training run already, which nothing may overwrite.
type HeldError struct{ Directory string }

func (e *HeldError) Error() string { return e.Directory + " already holds a model or a run" }

// HoldsRun says whether a directory already holds a model or a training run.
func HoldsRun(dir string) bool {
	for _, name := range []string{SettingsFile, ConfigFile, WeightsFile, HistoryFile, "checkpoints"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}
