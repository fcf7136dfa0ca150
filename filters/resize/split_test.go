//go:build goexperiment.simd && !scalar && (amd64 || wasm)

package resize

import (
	"slices"
	"testing"
)

// TestPackWeights: high parts fit 16 bits, low ones are what rounding left, and the
// bounds are those for values of 0 and 255, with half a level of 2^21.
func TestPackWeights(t *testing.T) {
	for _, c := range []struct {
		weights []int32
		skip    int
		want    []int32
	}{
		// 2^22 = 16384 x 2^8, as 2^7 would leave 32768
		{[]int32{1 << 22}, 0, []int32{8192, 0, 8, 16384, 0}},
		{[]int32{1 << 22}, 1, []int32{8192, 0, 8, 16384 << 16, 0}},
		// 100000 = 25000 x 4, -70001 = -17500 x 4 - 1: 2^21 - 255 and 2^21, a quarter of both
		{[]int32{100000, -70001}, 0, []int32{524224, 64, 2, 25000 | -17500<<16, -1 << 16}},
		// 32767 and -32768 fit as they are
		{[]int32{32767, -32768, 3}, 1, []int32{1 << 21, 0, 0, 32767 << 16, 0x8000 | 3<<16, 0, 0}},
		// 65535 = 16384 x 4 - 1, as 32768 does not fit; 3 = 1 x 4 - 1
		{[]int32{65535, 3}, 0, []int32{524160, 128, 2, 16384 | 1<<16, 0xffff | -1<<16}},
	} {
		got := make([]int32, len(c.want))
		packWeights(got, c.weights, c.skip)
		if !slices.Equal(got, c.want) {
			t.Errorf("%v from %d on: %d, want %d", c.weights, c.skip, got, c.want)
		}
	}
}
