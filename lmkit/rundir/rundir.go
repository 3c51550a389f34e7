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

// SettingsFile holds the settings of a run.
const SettingsFile = "run.json"

// tokensFile holds the text as token ids; package dataset writes it.
const tokensFile = "tokens.bin"

// checkpointsDirectory holds the checkpoints of a run.
const checkpointsDirectory = "checkpoints"

// HoldsRun reports whether a directory already holds a model or a training run.
func HoldsRun(dir string) bool {
	for _, name := range []string{SettingsFile, ConfigFile, WeightsFile, HistoryFile, checkpointsDirectory} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

// HeldError is the error for a directory that already holds a model or a training run, which must not be overwritten.
type HeldError struct{ Directory string }

func (e *HeldError) Error() string { return e.Directory + " already holds a model or a run" }
