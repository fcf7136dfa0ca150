//go:build goexperiment.simd && (amd64 || wasm)

package filters

// weightSplit is how many bits of a weight are in its lower part: one instruction
// multiplies both neighbours with weights of 16 bits and adds the products, so
// each weight is taken apart, which is exact.
const weightSplit = 11

// packWeights writes the weights of a window, of which skip are missing in the first
// step: for each step the high parts of both, and the low ones.
func packWeights(out, weights []int32, skip int) {
	for i, w := range weights {
		at, shift := (i+skip)/2*2, (i+skip)%2*16
		out[at] |= w >> weightSplit & 0xffff << shift
		out[at+1] |= w & (1<<weightSplit - 1) << shift
	}
}
