package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/google/renameio/v2"
)

// wheelSHA256 is the hash of the wheel with the CPU plugin. The lock file has it too, so pip checks it.
const wheelSHA256 = "55837b6b7b47daa717f2d9a5a03563ea0ceaa338d06a81a1e2d3f060d960decc"

// pluginSHA256 is the hash of the plugin in the wheel. Tests replace it.
var pluginSHA256 = "88c3f28c5900f48ad4a82cab9e79bba9537809743395e341485f8794268820dc"

// pluginDir is the directory in the cache into which the wheel is unpacked.
var pluginDir = "xla-cpu-" + wheelSHA256[:12]

// pluginFile is the path of the plugin in the wheel.
var pluginFile = filepath.Join("xla_plugins", "xla_cpu_pjrt", "xla_cpu_pjrt.so")

// hasWheel reports whether a wheel with a plugin exists for this platform.
const hasWheel = runtime.GOOS == "linux" && runtime.GOARCH == "amd64"

// currentPlugin returns the plugin that programs will use: the user's own, or the one that set-up recorded. ok is
// false if set-up has not tried it yet.
func currentPlugin(dir string) (plugin Plugin, ok bool, err error) {
	if path := os.Getenv("LMKIT_XLA_PLUGIN"); path != "" {
		return Plugin{Path: path}, readOwn(dir) == path, nil
	}
	plugin, ok, err = XLAPlugin()
	if hasWheel && plugin.SHA256 != wheelSHA256 {
		ok = false
	}
	return plugin, ok, err
}

// ownRecord is the file in which set-up records which of the user's own plugins it tried last.
const ownRecord = "own-plugin.txt"

// readOwn returns the path of the user's plugin that set-up tried last.
func readOwn(dir string) string {
	data, _ := os.ReadFile(filepath.Join(dir, ownRecord))
	return string(data)
}

// pluginProblem returns the reason why no program can use XLA on this machine, "" if there is none.
func pluginProblem() string {
	output, err := exec.Command("go", "env", "CGO_ENABLED", "CC").Output()
	if err != nil {
		return "the program go is missing; install Go 1.26.5 or newer"
	}
	fields := strings.Fields(string(output))
	switch _, err := exec.LookPath(fields[min(1, len(fields)-1)]); {
	case err != nil:
		return "a C compiler is missing, so XLA is left out and the go engine computes; " +
			"on Debian and Ubuntu, install the package gcc"
	case fields[0] != "1":
		return "CGO_ENABLED=0 leaves XLA out, so the go engine computes; unset it"
	}
	return ""
}

// installPlugin installs the plugin, verifies and tries it and, if it works, records it. The error says why no plugin
// is installed.
func installPlugin(ctx context.Context, dir, python string, o Options) (Plugin, error) {
	if o.Probe == nil {
		return Plugin{}, errors.New("this program cannot try the XLA plugin, so it is left out; run lmkit setup")
	}
	var plugin Plugin
	var err error
	own := os.Getenv("LMKIT_XLA_PLUGIN")
	switch {
	case own != "":
		plugin.Path = own
	case hasWheel:
		plugin, err = unpackPlugin(ctx, dir, python)
	case o.Download != nil:
		plugin.Path, err = o.Download(ctx, filepath.Join(dir, "unverified"))
	default:
		err = fmt.Errorf("there is no verified XLA plugin for %s/%s, so the go engine computes; "+
			"LMKIT_XLA_PLUGIN=/absolute/file names one, lmkit setup --unverified downloads one",
			runtime.GOOS, runtime.GOARCH)
	}
	if err != nil {
		return Plugin{}, err
	}
	if err := o.Probe(ctx, plugin.Path); err != nil {
		return Plugin{}, fmt.Errorf("the XLA plugin does not work on this machine (%w); the go engine does", err)
	}
	if own != "" {
		return plugin, renameio.WriteFile(filepath.Join(dir, ownRecord), []byte(own), 0o644)
	}
	info, err := os.Stat(plugin.Path)
	if err != nil {
		return Plugin{}, err
	}
	plugin.Size = info.Size()
	data, err := json.Marshal(plugin)
	if err != nil {
		return Plugin{}, err
	}
	return plugin, renameio.WriteFile(filepath.Join(dir, pluginRecord), append(data, '\n'), 0o644)
}

// unpackPlugin installs the wheel into a directory of its own and checks the plugin in it.
func unpackPlugin(ctx context.Context, dir, python string) (Plugin, error) {
	plugin := Plugin{Path: filepath.Join(dir, pluginDir, pluginFile), SHA256: wheelSHA256}
	if isComplete(filepath.Join(dir, pluginDir)) && checkPlugin(plugin.Path) == nil {
		return plugin, nil // it was not recorded, or its file was damaged and then restored
	}
	if python == "" {
		return Plugin{}, errors.New("the XLA plugin is left out, because installing it needs Python's pip; " +
			"the go engine works")
	}
	if err := checkSpace(dir, neededSpace, freeSpace); err != nil {
		return Plugin{}, err
	}
	entry, _ := splitRequirements(requirements, pluginPackage)
	_, err := fill(dir, pluginDir, func(temporary string) error {
		if err := pip(ctx, python, temporary, entry, "--no-deps", "--target", temporary); err != nil {
			return err
		}
		return checkPlugin(filepath.Join(temporary, pluginFile))
	})
	if err != nil && ctx.Err() == nil {
		return Plugin{}, fmt.Errorf("XLA for the CPU was not installed, so the go engine computes: %w", err)
	}
	return plugin, err
}

// checkPlugin compares the plugin's sha256 with the known one.
func checkPlugin(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, file); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if got := hex.EncodeToString(hash.Sum(nil)); got != pluginSHA256 {
		return fmt.Errorf("%s has sha256 %s, expected %s", filepath.Base(path), got, pluginSHA256)
	}
	return nil
}
