package rundir

import (
	"fmt"
	"os"
	"path/filepath"

	"owlm/internal/files"
)

// RemoveFinished removes a finished run from a directory, so that the same run can begin again there. A run that was
// stopped before its end stays, to be resumed; so do files that are not the run's, and a directory without a run.
func RemoveFinished(dir string) error {
	if !HoldsRun(dir) {
		return nil
	}
	unlock, err := Lock(dir)
	if err != nil {
		return err
	}
	defer unlock()
	if Unfinished(dir) {
		return nil
	}
	// The weights go last: with them the run counts as finished, so that a second call goes on if this one is cut off.
	for _, name := range []string{checkpointsDirectory, ReceiptFile, HistoryFile, tokensFile, VocabularyFile,
		TokenizerFile, ConfigFile, SettingsFile, WeightsFile} {
		path := filepath.Join(dir, name)
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("%s: %w", path, files.Reason(err))
		}
	}
	return nil
}
