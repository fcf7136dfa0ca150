//go:build !goexperiment.simd || !(amd64 || arm64 || wasm)

package filters

// vectorKernels: this build has none, see native_simd.go.
func vectorKernels() map[string]Kernel { return nil }

func vectorLevel() string { return NoSIMD }
