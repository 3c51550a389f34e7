//go:build !(cgo && !noxla && linux && (amd64 || arm64))

package backend

import "errors"

func openCUDA() (*Engine, error) {
	return nil, errors.New("engine xla:cuda needs Linux, and a program built with cgo; use xla:cpu or go")
}
