//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// vectorKernels are those with AVX2, if the processor has it.
func vectorKernels() kernels {
	if !archsimd.X86.AVX2() {
		return plainKernels()
	}
	return kernels{yccAVX2, transformAVX2}
}
