//go:build goexperiment.simd

package filters

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vec32) (lo, hi vec64) {
	return p.ExtendLo2ToUint64(), p.HiToLo().ExtendLo2ToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi.
func joinPixels(lo, hi vec32) vec32 { return lo.ConcatEven(hi) }

// extendBytes returns the bytes in four vectors of 32-bit numbers.
func extendBytes(p vec8) (a, b, c, d vec32) {
	lo, hi := p.ExtendLo8ToUint16(), p.HiToLo().ExtendLo8ToUint16()
	return lo.ExtendLo4ToUint32(), lo.HiToLo().ExtendLo4ToUint32(),
		hi.ExtendLo4ToUint32(), hi.HiToLo().ExtendLo4ToUint32()
}

// widestSum returns the only sum in vectors here.
func widestSum() func(out []uint64, a, b [][]uint64, weights []int32, temp []uint64) {
	return sumQuadsVector
}
