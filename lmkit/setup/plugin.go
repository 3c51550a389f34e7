package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/google/renameio/v2"
)

// pluginSHA256 is that of the wheel with the CPU plugin, which pip checks by the lock file.
const pluginSHA256 = "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc"

// installPlugin tries the XLA plugin that pip installed and, if it works, records it. The error says why there is none.
func installPlugin(ctx context.Context, dir, venv string, o Options) (Plugin, error) {
	found, err := filepath.Glob(filepath.Join(venv, "lib", "python*", "site-packages", "xla_plugins", "xla_cpu_pjrt", "xla_cpu_pjrt.so"))
	if err != nil {
		return Plugin{}, err
	}
	if len(found) == 0 {
		return Plugin{}, fmt.Errorf("there is no XLA plugin for %s/%s here; set LMKIT_XLA_PLUGIN to one, or use the go engine", runtime.GOOS, runtime.GOARCH)
	}
	plugin := Plugin{Path: found[0], SHA256: pluginSHA256}
	if recorded, ok, err := XLAPlugin(); err == nil && ok && recorded == plugin {
		return plugin, nil
	}
	if o.Probe == nil {
		return Plugin{}, errors.New("the XLA plugin was not tried, as this program cannot; run lmkit setup")
	}
	fmt.Fprintln(o.Log, "trying the XLA plugin …")
	if err := o.Probe(ctx, plugin.Path); err != nil {
		return Plugin{}, fmt.Errorf("the XLA plugin does not work on this machine (%w); the go engine does", err)
	}
	data, err := json.Marshal(plugin)
	if err != nil {
		return Plugin{}, err
	}
	return plugin, renameio.WriteFile(filepath.Join(dir, pluginRecord), append(data, '\n'), os.FileMode(0o644))
}
