//go:build goexperiment.simd

package filters

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vec32) (lo, hi vec64) {
	return p.ExtendLo2ToUint64(), p.HiToLo().ExtendLo2ToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi.
func joinPixels(lo, hi vec32) vec32 { return lo.ConcatEven(hi) }

// widestSum returns the only sum in vectors here.
func widestSum() func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
	return sumQuadsVector
}
