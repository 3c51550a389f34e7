//go:build cgo && !noxla && linux && (amd64 || arm64)

package backend

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestOpenCUDAErrors opens the engine where something is missing, with a program in the place of nvidia-smi.
func TestOpenCUDAErrors(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "xla_cuda13")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	smi, library := filepath.Join(dir, "nvidia-smi"), filepath.Join(dir, "xla_cuda_plugin.so")
	for path, content := range map[string]string{smi: "#!/bin/sh\necho 'GPU, 580'\n", library: "not a library"} {
		if err := os.WriteFile(path, []byte(content), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct{ name, plugin, path, memory, want string }{
		{"no variable", "", dir, "", "set LMKIT_CUDA_PLUGIN"},
		{"relative", "cuda.so", dir, "", "an absolute path"},
		{"another name", "/lib/plugin.so", dir, "", `that contains "cuda"`},
		{"missing", filepath.Join(dir, "no.so"), dir, "", "there is no such file"},
		{"a directory", dir, dir, "", "there is no such file"},
		{"no GPU", library, t.TempDir(), "", "nvidia-smi finds none"},
		{"too much memory", library, dir, "1.5", "above 0 and up to 1"},
		{"memory that is no number", library, dir, "half", "above 0 and up to 1"},
		{"not a library", library, dir, "0.5", "cannot be loaded"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv(CUDAVariable, test.plugin)
			t.Setenv(GPUMemoryVariable, test.memory)
			t.Setenv("PATH", test.path)
			t.Setenv("XLA_FLAGS", "") // which opening adds to
			_, err := Open(XLACUDA)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q", err, test.want)
			}
		})
	}
}

func TestGPUMemory(t *testing.T) {
	for value, want := range map[string]string{
		"": ",preallocate=false", "0.25": ",preallocate=true,memory_fraction=0.25",
		"1": ",preallocate=true,memory_fraction=1",
	} {
		if got, err := gpuMemory(value); got != want || err != nil {
			t.Errorf("%q gives %q, %v; want %q", value, got, err, want)
		}
	}
}

func TestCUDAData(t *testing.T) {
	packages := t.TempDir()
	plugin := filepath.Join(packages, "jax_plugins", "xla_cuda12", "xla_cuda_plugin.so")
	if got := cudaData(plugin); got != "" {
		t.Errorf("%q without NVIDIA's packages", got)
	}
	for _, name := range []string{"cuda_nvcc", "cu13"} {
		want := filepath.Join(packages, "nvidia", name)
		if err := os.MkdirAll(want, 0o755); err != nil {
			t.Fatal(err)
		}
		if got := cudaData(plugin); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
