//go:build goexperiment.simd && !scalar

package vector

import (
	"simd/archsimd"
	"testing"
)

// TestLevel: the level that is shown is that of the widest kernels that run.
func TestLevel(t *testing.T) {
	want := None
	if archsimd.X86.AVX2() {
		want = "avx2"
	}
	if archsimd.X86.AVX512() {
		want = "avx512"
	}
	if got := Level(); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
