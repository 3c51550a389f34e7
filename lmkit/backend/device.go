package backend

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
)

var modelName = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)

// Processor returns the name of the machine's processor and how many threads of this process may run on it at once.
func Processor() string {
	name := runtime.GOARCH
	if information, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if match := modelName.FindSubmatch(information); match != nil {
			name = strings.TrimSpace(string(match[1]))
		}
	}
	return fmt.Sprintf("%s, %d at once", name, runtime.GOMAXPROCS(0))
}

// goDevice describes the processor and whether the Go engine uses its vector instructions.
func goDevice() string {
	if SIMD {
		return Processor() + ", SIMD"
	}
	return Processor() + ", no SIMD (build with GOEXPERIMENT=simd, which makes it several times faster)"
}
