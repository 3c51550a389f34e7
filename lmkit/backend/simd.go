//go:build goexperiment.simd && amd64

package backend

// SIMD says that the Go engine in this program uses vector instructions: it was built for amd64 with
// GOEXPERIMENT=simd.
const SIMD = true
