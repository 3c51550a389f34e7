package golden

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
)

// Python returns a Python with PyTorch and safetensors: $LMKIT_TEST_TORCH, or python3. Without one the test is skipped.
func Python(t T) string {
	t.Helper()
	python := os.Getenv("LMKIT_TEST_TORCH")
	if python == "" {
		python = "python3"
	}
	if err := exec.Command(python, "-c", "import safetensors.torch, torch").Run(); err != nil {
		t.Skip("PyTorch and safetensors are not installed; LMKIT_TEST_TORCH may name a Python that has them")
	}
	return python
}

// RunPython runs a script and reads the JSON that it prints.
func RunPython(t T, result any, python string, args ...string) {
	t.Helper()
	var stderr bytes.Buffer
	command := exec.Command(python, args...)
	command.Stderr = &stderr
	output, err := command.Output()
	if err == nil {
		err = json.Unmarshal(output, result)
	}
	if err != nil {
		t.Fatalf("%q: %v\n%s", args, err, stderr.String())
	}
}
