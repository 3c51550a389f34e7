package rundir

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"owlm/internal/files"
	"owlm/lmkit/network"
)

const manifestFile = "MANIFEST.json"

// manifest lists the other files of a checkpoint, so that a whole checkpoint can be told from a damaged one.
type manifest struct {
	Format int                      `json:"format"`
	Files  map[string]manifestEntry `json:"files"`
}

type manifestEntry struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

func writeManifest(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	m := manifest{Format: network.Format, Files: make(map[string]manifestEntry)}
	for _, entry := range entries {
		if m.Files[entry.Name()], err = hashFile(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	return files.Write(filepath.Join(dir, manifestFile), append(data, '\n'))
}

func hashFile(path string) (entry manifestEntry, err error) {
	file, err := os.Open(path)
	if err != nil {
		return entry, err
	}
	defer file.Close()
	hash := sha256.New()
	entry.Size, err = io.Copy(hash, file)
	entry.SHA256 = hex.EncodeToString(hash.Sum(nil))
	return entry, err
}

// Verify compares every file of a checkpoint with the manifest, and returns the checkpoint's position.
func Verify(dir string) (Position, error) {
	var m manifest
	var p Position
	if err := files.ReadJSON(filepath.Join(dir, manifestFile), &m); err != nil {
		return p, err
	}
	if m.Format != network.Format {
		return p, fmt.Errorf("%s: format is %d, and this version of lmkit reads format %d",
			dir, m.Format, network.Format)
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
			return p, fmt.Errorf("%s: %s has %d bytes and sha256 %.12s…, but the manifest says %d and %.12s…",
				dir, name, got.Size, got.SHA256, want.Size, want.SHA256)
		}
	}
	return p, files.ReadJSON(filepath.Join(dir, PositionFile), &p)
}
