//go:build goexperiment.simd && !scalar

package resize

import (
	"simd/archsimd"
	"testing"
)

// TestSumStepsWidths looks at both widths of vectors, of which sumSteps takes the wider
// one that the processor has.
func TestSumStepsWidths(t *testing.T) {
	if !archsimd.X86.AVX2() {
		t.Skip("this processor has no AVX2")
	}
	checkStepKernel(t, "AVX2", sumSteps256)
	if !archsimd.X86.AVX512() {
		t.Skip("this processor has no AVX-512: AVX2 was tested")
	}
	checkStepKernel(t, "AVX-512", func(out, steps []uint64, starts []int32, w stepWeights, _ *secondPass) {
		sumSteps512(out, steps, starts, w)
	})
}
