//go:build !goexperiment.simd || scalar || !(amd64 || arm64 || wasm)

package vector

// Level: this build has no vector kernels.
func Level() string { return None }
