//go:build cgo && !noxla && ((linux && (amd64 || arm64)) || (darwin && arm64) || (windows && amd64))

package backend

import "testing"

func TestCheckVersion(t *testing.T) {
	tests := []struct {
		major, minor int
		good         bool
	}{{0, 81, true}, {0, 104, true}, {0, 80, false}, {1, 81, false}}
	for _, test := range tests {
		if err := checkVersion("x.so", test.major, test.minor); (err == nil) != test.good {
			t.Errorf("%d.%d: %v", test.major, test.minor, err)
		}
	}
}
