//go:build goexperiment.simd && !scalar && (amd64 || wasm)

package resize

// One instruction multiplies both neighbours of a step with weights of 16 bits and
// adds the products, but weights have weightBits. So each is the sum of a high part,
// times a power of two, and of a low one. The high parts alone bound a sum so closely
// that the low ones seldom matter: mostly the least and the largest sum that values of
// 0..255 allow have the same result. A second pass adds the low parts of the sums that
// are doubtful, so all are exact. How many those are hardly depends on the image: 1 or
// 2 % of the values.

// weightsHead is how many numbers lead the weights of a sum, see packWeights.
const weightsHead = 3

// packWeights writes the weights of a window, of which skip are missing in the first
// step. Sums are rounded and brought to the scale of the high parts:
//
//	0   the least sum of the low parts
//	1   how much larger the largest is
//	2   the power of two of the high parts
//	3.. for each step the high parts of both weights, and then all the low ones
func packWeights(out, weights []int32, skip int) {
	shift := splitOf(weights)
	count := (len(out) - weightsHead) / 2
	highs, lows := out[weightsHead:][:count], out[weightsHead+count:][:count]
	least, largest := int32(1<<(weightBits-1)), int32(1<<(weightBits-1))
	for i, w := range weights {
		high := highPart(w, shift)
		low := w - high<<shift
		least += 255 * min(low, 0)
		largest += 255 * max(low, 0)
		at, half := (i+skip)/2, (i+skip)%2*16
		highs[at] |= high & 0xffff << half
		lows[at] |= low & 0xffff << half
	}
	out[0], out[1], out[2] = least>>shift, largest>>shift-least>>shift, int32(shift)
}

// highPart rounds, so that what remains is small.
func highPart(w int32, shift int) int32 { return (w + 1<<shift>>1) >> shift }

// splitOf returns the smallest power of two with which all high parts fit 16 bits.
func splitOf(weights []int32) int {
	shift := 0
	for _, w := range weights {
		for h := highPart(w, shift); h != int32(int16(h)); h = highPart(w, shift) {
			shift++
		}
	}
	return shift
}
