//go:build !(goexperiment.simd && amd64)

package backend

// SIMD reports whether the Go engine in this program uses vector instructions, which it does if the program was built
// for amd64 with GOEXPERIMENT=simd.
const SIMD = false
