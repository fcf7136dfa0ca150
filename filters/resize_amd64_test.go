//go:build goexperiment.simd

package filters

import (
	"math/rand/v2"
	"simd/archsimd"
	"slices"
	"testing"
)

// TestResampleWidths compares the two widths of vectors, of which the kernel
// takes the wider one that the processor has.
func TestResampleWidths(t *testing.T) {
	if !archsimd.X86.AVX512() {
		t.Skip("this processor has no AVX-512: the other tests use AVX2")
	}
	r := rand.New(rand.NewPCG(3, 4))
	var s Scratch
	for _, size := range [][2]int{{40, 23}, {23, 40}, {300, 7}, {5, 5}} {
		table := lanczos(size[0], size[1], 0, &s)
		taps := stepsOf(&table, &s)
		lanes := make([]uint64, stepSize*(size[0]/stepPixels+4))
		for i := range lanes {
			lanes[i] = r.Uint64() & (0xff * lanes16)
		}
		var a, b [rowsAtOnce][]uint64
		for i := range a {
			a[i], b[i] = make([]uint64, 2*size[1]), make([]uint64, 2*size[1])
		}
		resampleRows256(&a, size[1], lanes, &taps, 0, 0)
		resampleRows512(&b, size[1], lanes, &taps, 0, 0)
		for i := range a {
			if !slices.Equal(a[i], b[i]) {
				t.Errorf("%d to %d pixels: row %d differs", size[0], size[1], i)
			}
		}
	}
}
