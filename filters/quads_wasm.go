//go:build goexperiment.simd

package filters

import "simd/archsimd"

// extendPixels returns the pixels in two vectors of 64-bit numbers.
func extendPixels(p vec32) (lo, hi vec64) {
	return p.ExtendLo2ToUint64(), p.ExtendHi2ToUint64()
}

// joinPixels returns the low halves of the 64-bit numbers in lo and hi. There is
// no instruction for it here; each vector is brought to its half of the result.
// The orders are made in registers: stored as an array, they would be waited
// for each time that they are loaded.
func joinPixels(lo, hi vec32) vec32 {
	const lows = 0x0b0a090803020100
	none := archsimd.BroadcastInt64x2(-1)
	first := none.SetElem(0, lows).ToBits().ReshapeToUint8s().BitsToInt8()
	last := none.SetElem(1, lows).ToBits().ReshapeToUint8s().BitsToInt8()
	a := lo.ReshapeToUint8s().BitsToInt8().LookupOrZero(first)
	b := hi.ReshapeToUint8s().BitsToInt8().LookupOrZero(last)
	return a.Or(b).ToBits().ReshapeToUint32s()
}

// extendBytes returns the bytes in four vectors of 32-bit numbers.
func extendBytes(p vec8) (a, b, c, d vec32) {
	lo, hi := p.ExtendLo8ToUint16(), p.ExtendHi8ToUint16()
	return lo.ExtendLo4ToUint32(), lo.ExtendHi4ToUint32(), hi.ExtendLo4ToUint32(), hi.ExtendHi4ToUint32()
}
