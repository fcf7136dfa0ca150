//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// What of a factor does not fit into 16 bits is added afterwards as a whole
// number of samples.
const (
	redRest   = redCr - 1<<16                        // with Cr added
	blueRest  = blueCb - 2<<16                       // with Cb added twice
	greenPair = (greenCr+1<<16)<<16 | greenCb&0xffff // of Cb and Cr, with Cr taken off
)

// yccVector is yccRow with AVX2 for as many pixels of the row as there are
// whole vectors of. It returns how many.
func yccVector(dst, y, cb, cr []byte) int {
	n := len(dst) / 4 &^ 15
	y, cb, cr, dst = y[:n], cb[:n], cr[:n], dst[:4*n]
	level, one := archsimd.BroadcastInt16x16(128), archsimd.BroadcastInt16x16(1)
	half := archsimd.BroadcastInt32x8(1 << 15)
	pair := archsimd.BroadcastUint32x8(greenPair).AsInt16x16()
	toRed, toBlue := archsimd.BroadcastInt16x16(redRest), archsimd.BroadcastInt16x16(blueRest)
	none, top := archsimd.Int16x16{}, archsimd.BroadcastInt16x16(255)
	opaque := archsimd.BroadcastUint16x16(0xff00).BitsToInt16()
	for len(y) >= 16 && len(cb) >= 16 && len(cr) >= 16 && len(dst) >= 64 {
		luma := sixteen(y)
		b, r := sixteen(cb).Sub(level), sixteen(cr).Sub(level)
		// Half of what is rounded down, plus one, is rounded to the nearest.
		twice := b.Add(b)
		B := luma.Add(twice).Add(twice.MulHigh(toBlue).Add(one).ShiftAllRight(1))
		R := luma.Add(r).Add(r.Add(r).MulHigh(toRed).Add(one).ShiftAllRight(1))
		lo := b.InterleaveLoGrouped(r).DotProductPairs(pair).Add(half).ShiftAllRight(16)
		hi := b.InterleaveHiGrouped(r).DotProductPairs(pair).Add(half).ShiftAllRight(16)
		G := luma.Sub(r).Add(lo.SaturateToInt16ConcatGrouped(hi))

		R, G, B = R.Max(none).Min(top), G.Max(none).Min(top), B.Max(none).Min(top)
		rg, ba := R.Or(G.ShiftAllLeft(8)), B.Or(opaque)
		first, second := rg.InterleaveLoGrouped(ba), rg.InterleaveHiGrouped(ba)
		first.ConcatPermute128Scalars(0, 2, second).AsUint8x32().StoreArray((*[32]uint8)(dst))
		first.ConcatPermute128Scalars(1, 3, second).AsUint8x32().StoreArray((*[32]uint8)(dst[32:]))
		y, cb, cr, dst = y[16:], cb[16:], cr[16:], dst[64:]
	}
	return n
}

// sixteen returns sixteen samples.
func sixteen(b []byte) archsimd.Int16x16 {
	return archsimd.LoadUint8x16Array((*[16]uint8)(b)).ExtendToUint16().BitsToInt16()
}
