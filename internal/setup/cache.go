package setup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// cacheVariable names the environment variable with the directory where set-up installs everything.
const cacheVariable = "LMKIT_CACHE"

// CacheDir returns the directory where set-up installs everything: $LMKIT_CACHE or, if that is not set, lmkit in
// os.UserCacheDir.
func CacheDir() (string, error) {
	if dir := os.Getenv(cacheVariable); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("no cache directory: %w; set LMKIT_CACHE to one", err)
	}
	return filepath.Join(dir, "lmkit"), nil
}

// Plugin is an XLA plugin that was verified and tried.
type Plugin struct {
	// Path is absolute.
	Path string `json:"path"`
	// SHA256 is the hash of the wheel that the plugin came in, in hexadecimal. It is "" if lmkit knows no hash for it.
	SHA256 string `json:"sha256,omitempty"`
	// Size is the size of the plugin's file, in bytes.
	Size int64 `json:"size"`
}

// pluginRecord is the file in which set-up records the plugin that it verified.
const pluginRecord = "xla-cpu.json"

// XLAPlugin returns the CPU plugin that set-up installed. ok is false if it installed none, or if the plugin's file is
// missing or truncated.
func XLAPlugin() (plugin Plugin, ok bool, err error) {
	dir, err := CacheDir()
	if err != nil {
		return plugin, false, err
	}
	path := filepath.Join(dir, pluginRecord)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return plugin, false, nil
	}
	if err != nil {
		return plugin, false, err
	}
	if err := json.Unmarshal(data, &plugin); err != nil {
		return plugin, false, fmt.Errorf("%s: %w; run lmkit setup", path, err)
	}
	info, err := os.Stat(plugin.Path)
	return plugin, err == nil && info.Size() == plugin.Size, nil
}
