//go:build goexperiment.simd && !scalar && (arm64 || wasm)

package jpeg

// vectorKernels are those with vectors of 128 bits, which every arm64 has, and
// every WebAssembly of a program that is built with the experiment needs.
func vectorKernels() kernels { return kernels{yccVectors, transformVector} }
