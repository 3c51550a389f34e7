package lab

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Directories within the temporary one.
const (
	dataName    = "data"    // kernelspecs
	configName  = "config"  // defaults of ours
	runtimeName = "runtime" // connection files, JupyterLab's address
)

// defaults are settings of JupyterLab that its user can change there. As it comes, it asks at the first start whether
// it may look for news, and looks for updates; and it waits a second for completions, which take longer when the
// kernel has just started.
const defaults = `{
  "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false},
  "@jupyterlab/completer-extension:manager": {"providerTimeout": 30000}
}
`

// withoutLSP takes out of JupyterLab's page what asks its server for language servers: the kernel completes code, and
// the server does not answer.
const withoutLSP = `{
  "disabledExtensions": {
    "@jupyterlab/lsp-extension": true,
    "@jupyterlab/fileeditor-extension:language-server": true,
    "@jupyterlab/notebook-extension:language-server": true
  }
}
`

// prepare writes JupyterLab's configuration and returns its environment. Temporary files of JupyterLab and of
// everything that it starts go into one directory; what its user sets stays in another. Both are ours alone: settings,
// extensions and kernels of another JupyterLab of the same user are neither used nor changed.
func prepare(temporary, settings string) (environment []string, err error) {
	config := filepath.Join(temporary, configName, "labconfig")
	data := filepath.Join(settings, "data")
	for _, dir := range []string{config, data, filepath.Join(temporary, runtimeName)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("JupyterLab's settings cannot be kept: %w", err)
		}
	}
	for name, content := range map[string]string{
		"default_setting_overrides.json": defaults, "page_config.json": withoutLSP,
	} {
		if err := os.WriteFile(filepath.Join(config, name), []byte(content), 0o644); err != nil {
			return nil, err
		}
	}
	kernels := filepath.Join(temporary, dataName)
	if path := os.Getenv("JUPYTER_PATH"); path != "" {
		kernels += string(os.PathListSeparator) + path
	}
	return append(os.Environ(),
		"TMPDIR="+temporary,
		"JUPYTER_PATH="+kernels,
		"JUPYTER_PREFER_ENV_PATH=1",
		"JUPYTER_RUNTIME_DIR="+filepath.Join(temporary, runtimeName),
		"JUPYTER_CONFIG_PATH="+filepath.Join(temporary, configName),
		"JUPYTER_CONFIG_DIR="+settings,
		"JUPYTER_DATA_DIR="+data,
		"JUPYTERLAB_SETTINGS_DIR="+filepath.Join(settings, "lab", "user-settings"),
		"JUPYTERLAB_WORKSPACES_DIR="+filepath.Join(settings, "lab", "workspaces"),
		"PYTHONNOUSERSITE=1", "PYTHONWARNINGS=ignore"), nil
}

// SettingsDir returns the directory in which JupyterLab keeps what the user of lmkit sets there: lmkit/lab in
// os.UserConfigDir.
func SettingsDir() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", errors.New("there is no directory for JupyterLab's settings; set HOME or XDG_CONFIG_HOME")
	}
	return filepath.Join(dir, "lmkit", "lab"), nil
}
