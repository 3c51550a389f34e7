//go:build cgo && !noxla && linux && (amd64 || arm64)

package backend

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/gomlx/go-xla/compute/xla"
	"github.com/gomlx/go-xla/pjrt"

	"owlm/internal/oneline"
	"owlm/internal/setup"
)

// CUDAVariable names XLA's plugin for NVIDIA's GPUs, xla_cuda_plugin.so, in a directory where pip installed it with
// NVIDIA's libraries.
const CUDAVariable = "LMKIT_CUDA_PLUGIN"

// GPUMemoryVariable is the share of the GPU's memory, from 0 to 1, that is taken when the engine opens. Without it
// memory is taken as it is needed.
const GPUMemoryVariable = "LMKIT_GPU_MEMORY"

// openCUDA opens XLA on the first GPU.
func openCUDA() (engine *Engine, err error) {
	path := os.Getenv(CUDAVariable)
	if path == "" {
		return nil, errors.New("engine xla:cuda needs XLA's plugin for NVIDIA's GPUs: set " + CUDAVariable +
			" to its xla_cuda_plugin.so, or use xla:cpu or go")
	}
	if !filepath.IsAbs(path) || !strings.Contains(strings.ToLower(path), "cuda") {
		return nil, fmt.Errorf("%s is %q: an absolute path that contains \"cuda\" is needed", CUDAVariable, path)
	}
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is %q: there is no such file", CUDAVariable, path)
	}
	gpu, found := setup.GPU()
	if !found {
		return nil, errors.New("engine xla:cuda needs an NVIDIA GPU and its driver, and nvidia-smi finds none; " +
			"use xla:cpu or go")
	}
	memory, err := gpuMemory(os.Getenv(GPUMemoryVariable))
	if err != nil {
		return nil, err
	}
	defer func() {
		if fault := recover(); fault != nil {
			engine, err = nil, fmt.Errorf("XLA plugin %s cannot be started: %s", path, oneline.First(fmt.Sprint(fault)))
		}
	}()
	if directory := cudaData(path); directory != "" {
		setFlags([]string{"--xla_gpu_cuda_data_dir=" + directory})
	}
	os.Setenv("GOPJRT_CUDA_CHECKS", "0") // go-xla looks for CUDA in places of its own, and complains
	defer quiet()()
	plugin, err := pjrt.GetPlugin(path)
	if err != nil {
		return nil, fmt.Errorf("XLA plugin %s cannot be loaded: %s", path, reason(err))
	}
	major, minor := plugin.Version()
	if err := checkVersion(path, major, minor); err != nil {
		return nil, err
	}
	// Products in float32, as on the processor: tf32 keeps 10 bits of each factor.
	b, err := xla.NewWithOptions(path+",tf32=false"+memory, pjrt.NamedValuesMap{})
	if err != nil {
		return nil, fmt.Errorf("XLA plugin %s cannot be started: %s", path, reason(err))
	}
	return &Engine{Backend: b, device: fmt.Sprintf("%s, PJRT %d.%d", gpu, major, minor)}, nil
}

// gpuMemory returns the plugin's options for a value of GPUMemoryVariable.
func gpuMemory(value string) (options string, err error) {
	if value == "" {
		return ",preallocate=false", nil
	}
	share, err := strconv.ParseFloat(value, 32)
	if err != nil || !(share > 0 && share <= 1) {
		return "", fmt.Errorf("%s is %q: a share of the GPU's memory above 0 and up to 1 is needed", GPUMemoryVariable,
			value)
	}
	return fmt.Sprintf(",preallocate=true,memory_fraction=%v", share), nil
}

// cudaData returns the directory that has CUDA's compiler, beside a plugin that pip installed: "" if there is none.
func cudaData(plugin string) string {
	packages := filepath.Dir(filepath.Dir(filepath.Dir(plugin)))
	for _, name := range []string{"cu13", "cuda_nvcc"} {
		directory := filepath.Join(packages, "nvidia", name)
		if info, err := os.Stat(directory); err == nil && info.IsDir() {
			return directory
		}
	}
	return ""
}
