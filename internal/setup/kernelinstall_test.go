package setup

import (
	"bytes"
	"encoding/json"
	"errors"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestInstallKernel(t *testing.T) {
	t.Setenv(cacheVariable, "/a$b")
	data := filepath.Join(t.TempDir(), "jupyter")
	e := Environment{Bin: "/a$b/bin", Gopls: "/gopls", checkout: "/src"}
	if _, removed, err := UninstallKernel(data); removed || err != nil {
		t.Errorf("nothing was installed, and %v, %v", removed, err)
	}
	for range 2 { // the second replaces the first
		dir, err := e.InstallKernel(data, map[string]string{"TUNED": "x$y"})
		if err != nil || dir != filepath.Join(data, "kernels", "lmkit") {
			t.Fatal(dir, err)
		}
	}
	content, err := os.ReadFile(filepath.Join(data, "kernels", "lmkit", "kernel.json"))
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Argv        []string
		DisplayName string `json:"display_name"`
		Env         map[string]string
	}
	if err := json.Unmarshal(content, &spec); err != nil {
		t.Fatal(err)
	}
	if spec.DisplayName != "Go (lmkit)" || len(spec.Argv) == 0 {
		t.Errorf("kernel.json is %s", content)
	}
	if spec.Env["TUNED"] != "x$$y" || spec.Env["LMKIT_CACHE"] != "/a$$b" {
		t.Errorf("the environment is %q", spec.Env)
	}
	command, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	if want := "${PATH}:" + filepath.Dir(command); !strings.HasSuffix(spec.Env["PATH"], want) {
		t.Errorf("PATH is %s, and does not end in %s", spec.Env["PATH"], want)
	}
	if dir, removed, err := UninstallKernel(data); !removed || err != nil || exists(dir) {
		t.Errorf("%v, %v", removed, err)
	}
}

// TestForeignKernel checks that a kernel that someone else installed under our name stays.
func TestForeignKernel(t *testing.T) {
	for name, content := range map[string]string{
		"kernel.json": `{"argv": ["other"], "display_name": "Other", "metadata": {}}`,
		"notes.txt":   "not ours",
	} {
		data := t.TempDir()
		dir := kernelDir(data)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		var foreign *ForeignKernelError
		if _, err := (Environment{}).InstallKernel(data, nil); !errors.As(err, &foreign) || foreign.Directory != dir {
			t.Errorf("%s: installing: %v", name, err)
		}
		if _, removed, err := UninstallKernel(data); removed || name == "kernel.json" && !errors.As(err, &foreign) {
			t.Errorf("%s: uninstalling: %v, %v", name, removed, err)
		}
		if got, err := os.ReadFile(file); string(got) != content {
			t.Errorf("%s has changed: %q, %v", name, got, err)
		}
	}
}

// TestLogos checks the files that Jupyter shows as the kernel's icon.
func TestLogos(t *testing.T) {
	data := t.TempDir()
	if err := (Environment{}).WriteKernel(data); err != nil {
		t.Fatal(err)
	}
	small, err := os.ReadFile(filepath.Join(kernelDir(data), "logo-64x64.png"))
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.DecodeConfig(bytes.NewReader(small))
	if err != nil || picture.Width != 64 || picture.Height != 64 {
		t.Errorf("logo-64x64.png has %d x %d pixels, %v", picture.Width, picture.Height, err)
	}
	if svg, err := os.ReadFile(filepath.Join(kernelDir(data), "logo-svg.svg")); !bytes.HasPrefix(svg, []byte("<svg ")) {
		t.Errorf("logo-svg.svg: %v", err)
	}
}

// TestJupyterDataDir compares the user's directory with what Jupyter says.
func TestJupyterDataDir(t *testing.T) {
	dir, err := CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	python := pythonOf(venvDir(dir))
	if !exists(python) {
		t.Skip("there is no Jupyter; run lmkit setup")
	}
	own, home := t.TempDir(), t.TempDir()
	for _, variable := range []string{"", "JUPYTER_DATA_DIR", "XDG_DATA_HOME"} {
		t.Setenv("JUPYTER_DATA_DIR", "")
		t.Setenv("XDG_DATA_HOME", "")
		t.Setenv("HOME", home)
		if variable != "" {
			t.Setenv(variable, own)
		}
		got, err := JupyterDataDir()
		if err != nil {
			t.Fatal(err)
		}
		want, err := exec.Command(python, "-m", "jupyter", "--data-dir").Output()
		if err != nil || got != strings.TrimSpace(string(want)) {
			t.Errorf("with %q: %s, want %s %v", variable, got, want, err)
		}
	}
}
