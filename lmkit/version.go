package lmkit

import (
	"runtime"
	"runtime/debug"
)

// Version is the version of lmkit.
const Version = "0.1.0"

// Versions returns the versions of Go, of lmkit and of the modules that compute, as they were built into the program.
func Versions() map[string]string {
	versions := map[string]string{"go": runtime.Version(), "lmkit": Version}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return versions
	}
	for _, module := range info.Deps {
		switch module.Path {
		case "github.com/gomlx/gomlx", "github.com/gomlx/compute", "github.com/gomlx/go-xla":
			versions[module.Path] = module.Version
		}
	}
	return versions
}
