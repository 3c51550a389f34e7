//go:build unix

package setup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// fake runs set-up with shell scripts in place of Python, pip and go.
type fake struct {
	*testing.T
	cache, log string
	probed     []string
	probe      error
}

func newFake(t *testing.T) *fake {
	bin, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{T: t, cache: t.TempDir(), log: filepath.Join(t.TempDir(), "log")}
	for name, value := range map[string]string{
		"PATH": bin, "LMKIT_CACHE": f.cache, "LMKIT_XLA_PLUGIN": "", "FAKE_LOG": f.log, "FAKE_PIP": "",
		"FAKE_GOFLAGS": "",
	} {
		t.Setenv(name, value)
	}
	known := pluginSHA256
	t.Cleanup(func() { pluginSHA256 = known })
	hash := sha256.Sum256([]byte("plugin"))
	pluginSHA256 = hex.EncodeToString(hash[:])
	return f
}

func (f *fake) run() (Environment, error) { return f.runWith(context.Background()) }

func (f *fake) runWith(ctx context.Context) (Environment, error) {
	probe := func(_ context.Context, plugin string) error {
		f.probed = append(f.probed, plugin)
		return f.probe
	}
	return Run(ctx, Options{Checkout: filepath.Join("..", ".."), Completion: true, Probe: probe, Log: f.Output()})
}

// calls returns how often the programs were called with some text in their arguments.
func (f *fake) calls(with string) int {
	data, _ := os.ReadFile(f.log)
	return strings.Count(string(data), with)
}

// files returns the names in the cache directory, without the lock.
func (f *fake) files() (names []string) {
	entries, err := os.ReadDir(f.cache)
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "setup.lock" {
			names = append(names, e.Name())
		}
	}
	return names
}

// TestProgress checks that pip runs while Go's programs are built, and that every part is counted.
func TestProgress(t *testing.T) {
	needWheel(t)
	f := newFake(t)
	t.Setenv("FAKE_PIP", "slow")
	var seen []Progress
	_, err := Run(t.Context(), Options{
		Checkout: filepath.Join("..", ".."), Probe: func(context.Context, string) error { return nil },
		Progress: func(p Progress) { seen = append(seen, p) },
	})
	if err != nil {
		t.Fatal(err)
	}
	together := false
	for _, p := range seen {
		running := strings.Join(p.Running, "; ")
		together = together || strings.Contains(running, "JupyterLab") && strings.Contains(running, "gonb")
		if p.Total != 5 {
			t.Errorf("%+v: there are five parts", p)
		}
	}
	if last := seen[len(seen)-1]; !together || last.Done != last.Total || len(last.Running) > 0 {
		t.Errorf("%d calls, pip beside Go: %v, the last %+v in %s", len(seen), together, last, f.cache)
	}
}

func needWheel(t *testing.T) {
	if !hasWheel {
		t.Skip("there is no wheel for this platform")
	}
}

func TestRunTwice(t *testing.T) {
	needWheel(t)
	f := newFake(t)
	e, err := f.run()
	if err != nil || len(e.Problems) != 0 {
		t.Fatal(err, e.Problems)
	}
	for _, path := range []string{
		e.Python, e.Plugin.Path,
		filepath.Join(e.Bin, "gonb"), filepath.Join(e.Bin, "goimports"), filepath.Join(e.Gopls, "gopls"),
	} {
		if !exists(path) {
			t.Errorf("%s is missing", path)
		}
	}
	if plugin, ok, err := XLAPlugin(); err != nil || !ok || plugin != e.Plugin {
		t.Errorf("recorded %v, %v, %v", plugin, ok, err)
	}
	if n := f.calls("lmkit-kernel warm"); n != 1 {
		t.Errorf("cells were compiled %d times", n)
	}
	installs, builds := f.calls("pip install"), f.calls("go build")
	again, err := f.run()
	if err != nil || !reflect.DeepEqual(again, e) {
		t.Errorf("the second run returned %+v, %v, the first %+v", again, err, e)
	}
	if f.calls("pip install") != installs || f.calls("go build") != builds || len(f.probed) != 1 {
		t.Error("the second run did something")
	}
	parts, err := Inspect(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range parts {
		if part.Path == "" {
			t.Errorf("%s is not installed", part.Name)
		}
	}
}
