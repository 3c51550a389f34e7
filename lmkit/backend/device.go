package backend

import (
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
)

var modelName = regexp.MustCompile(`(?m)^model name\s*:\s*(.+)$`)

// Processor names the machine's processor and says how many of them this process may use.
func Processor() string {
	name := runtime.GOARCH
	if information, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if match := modelName.FindSubmatch(information); match != nil {
			name = strings.TrimSpace(string(match[1]))
		}
	}
	return fmt.Sprintf("%s, %d at once", name, runtime.GOMAXPROCS(0))
}

// goDevice describes the processor as the Go engine uses it.
func goDevice() string {
	if SIMD {
		return Processor() + ", SIMD"
	}
	return Processor() + ", no SIMD (build with GOEXPERIMENT=simd, which makes it several times faster)"
}
