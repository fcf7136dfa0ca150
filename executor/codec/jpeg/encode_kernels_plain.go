//go:build !goexperiment.simd || scalar || !(amd64 || arm64 || wasm)

package jpeg

// vectorKernels are the plain ones: there are no others for this system.
func vectorKernels() kernels { return plainKernels() }
