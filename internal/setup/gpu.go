package setup

import (
	"os/exec"
	"strings"
)

// GPU returns the first NVIDIA GPU and its driver, as the driver's program nvidia-smi names them.
func GPU() (name string, found bool) {
	output, err := exec.Command("nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader").Output()
	first, _, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	if err != nil || first == "" {
		return "", false
	}
	name, driver, _ := strings.Cut(first, ", ")
	return name + ", driver " + driver, true
}
