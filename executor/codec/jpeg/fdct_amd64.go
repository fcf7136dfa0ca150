//go:build goexperiment.simd && !scalar

package jpeg

import "simd/archsimd"

// lowerBytes are the places of the lower bytes of 16-bit elements, and -1 for a
// zero.
var lowerBytes = [32]int8{
	0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1,
	0, 2, 4, 6, 8, 10, 12, 14, -1, -1, -1, -1, -1, -1, -1, -1,
}

// transformAVX2 is transformPlain with AVX2: the lower half of a vector is a row
// of the first block, and the upper half one of the second. A pair takes 54 ns
// instead of 510. The portable package simd has no products of pairs, no upper
// halves of products, and nothing to transpose with.
func transformAVX2(p *pair, q *quantiser) (masks [2]uint64) {
	fdctColumnsAVX2(p)
	fdctRowsAVX2(p)
	var zero, zeros archsimd.Int16x16
	for u := 7; u >= 0; u-- {
		at := 16 * u & 127
		x := archsimd.LoadInt16x16Array((*[16]int16)(p[at:]))
		n := x.Abs().AsUint16x16().Add(archsimd.LoadUint16x16Array((*[16]uint16)(q.half[at:])))
		n = n.MulHigh(archsimd.LoadUint16x16Array((*[16]uint16)(q.reciprocal[at:])))
		n = n.MulHigh(archsimd.LoadUint16x16Array((*[16]uint16)(q.scale[at:])))
		x = n.AsInt16x16().MulSign(x)
		x.StoreArray((*[16]int16)(p[at:]))
		// A comparison that holds is -1: one more bit at the lower end.
		zeros = zeros.Add(zeros).Sub(x.Equal(zero).ToInt16x16())
	}
	lower := archsimd.LoadInt8x32Array(&lowerBytes)
	bits := zeros.AsInt8x32().PermuteOrZeroGrouped(lower).AsUint64x4()
	masks[0] = ^bits.GetLo().GetElem(0)
	masks[1] = ^bits.GetHi().GetElem(0)
	return masks
}

// fdctColumnsAVX2 is fdctColumn of all columns, and transposes both blocks.
func fdctColumnsAVX2(p *pair) {
	row := func(r int) archsimd.Int16x16 { return archsimd.LoadInt16x16Array((*[16]int16)(p[16*r:])) }
	s0, d0 := row(0).Add(row(7)), row(0).Sub(row(7))
	s1, d1 := row(1).Add(row(6)), row(1).Sub(row(6))
	s2, d2 := row(2).Add(row(5)), row(2).Sub(row(5))
	s3, d3 := row(3).Add(row(4)), row(3).Sub(row(4))
	s0, s3 = s0.Add(s3), s0.Sub(s3)
	s1, s2 = s1.Add(s2), s1.Sub(s2)
	x0, x4 := s0.Add(s1).ShiftAllLeft(passBits), s0.Sub(s1).ShiftAllLeft(passBits)

	const bits = cosBits - passBits
	half := archsimd.BroadcastInt32x8(1 << (bits - 1))
	lo, hi := s3.InterleaveLoGrouped(s2), s3.InterleaveHiGrouped(s2)
	x2 := rotated(lo, hi, factors(cos2, cos6), half, bits)
	x6 := rotated(lo, hi, factors(cos6, -cos2), half, bits)
	lo, hi = d0.InterleaveLoGrouped(d1), d0.InterleaveHiGrouped(d1)
	lo2, hi2 := d2.InterleaveLoGrouped(d3), d2.InterleaveHiGrouped(d3)
	x1 := summed(lo, hi, lo2, hi2, factors(cos1, cos3), factors(cos5, cos7), half, bits)
	x3 := summed(lo, hi, lo2, hi2, factors(cos3, -cos7), factors(-cos1, -cos5), half, bits)
	x5 := summed(lo, hi, lo2, hi2, factors(cos5, -cos1), factors(cos7, cos3), half, bits)
	x7 := summed(lo, hi, lo2, hi2, factors(cos7, -cos5), factors(cos3, -cos1), half, bits)

	// Rows of 1, of 2 and of 4 elements are interleaved.
	y0, y1 := interleaved16(x0, x1)
	y2, y3 := interleaved16(x2, x3)
	y4, y5 := interleaved16(x4, x5)
	y6, y7 := interleaved16(x6, x7)
	z0, z1 := interleaved32(y0, y2)
	z2, z3 := interleaved32(y1, y3)
	z4, z5 := interleaved32(y4, y6)
	z6, z7 := interleaved32(y5, y7)
	storeInterleaved64((*[32]int16)(p[0:]), z0, z4)
	storeInterleaved64((*[32]int16)(p[32:]), z1, z5)
	storeInterleaved64((*[32]int16)(p[64:]), z2, z6)
	storeInterleaved64((*[32]int16)(p[96:]), z3, z7)
}

// fdctRowsAVX2 is fdctRow of all columns.
func fdctRowsAVX2(p *pair) {
	row := func(r int) archsimd.Int16x16 { return archsimd.LoadInt16x16Array((*[16]int16)(p[16*r:])) }
	s0, d0 := row(0).Add(row(7)), row(0).Sub(row(7))
	s1, d1 := row(1).Add(row(6)), row(1).Sub(row(6))
	s2, d2 := row(2).Add(row(5)), row(2).Sub(row(5))
	s3, d3 := row(3).Add(row(4)), row(3).Sub(row(4))
	s0, s3 = s0.Add(s3), s0.Sub(s3)
	s1, s2 = s1.Add(s2), s1.Sub(s2)
	const bits = cosBits + passBits - 1
	half := archsimd.BroadcastInt32x8(1 << (bits - 1))
	// Their sum takes 17 bits.
	lo, hi := s0.InterleaveLoGrouped(s1), s0.InterleaveHiGrouped(s1)
	rotated(lo, hi, factors(one, one), half, bits).StoreArray((*[16]int16)(p[0:]))
	rotated(lo, hi, factors(one, -one), half, bits).StoreArray((*[16]int16)(p[64:]))
	lo, hi = s3.InterleaveLoGrouped(s2), s3.InterleaveHiGrouped(s2)
	rotated(lo, hi, factors(cos2, cos6), half, bits).StoreArray((*[16]int16)(p[32:]))
	rotated(lo, hi, factors(cos6, -cos2), half, bits).StoreArray((*[16]int16)(p[96:]))
	lo, hi = d0.InterleaveLoGrouped(d1), d0.InterleaveHiGrouped(d1)
	lo2, hi2 := d2.InterleaveLoGrouped(d3), d2.InterleaveHiGrouped(d3)
	summed(lo, hi, lo2, hi2, factors(cos1, cos3), factors(cos5, cos7), half, bits).StoreArray((*[16]int16)(p[16:]))
	summed(lo, hi, lo2, hi2, factors(cos3, -cos7), factors(-cos1, -cos5), half, bits).StoreArray((*[16]int16)(p[48:]))
	summed(lo, hi, lo2, hi2, factors(cos5, -cos1), factors(cos7, cos3), half, bits).StoreArray((*[16]int16)(p[80:]))
	summed(lo, hi, lo2, hi2, factors(cos7, -cos5), factors(cos3, -cos1), half, bits).StoreArray((*[16]int16)(p[112:]))
}

// rotated returns (a*f0 + b*f1 + half) >> bits of two interleaved vectors.
func rotated(lo, hi, f archsimd.Int16x16, half archsimd.Int32x8, bits uint64) archsimd.Int16x16 {
	l := lo.DotProductPairs(f).Add(half).ShiftAllRight(bits)
	h := hi.DotProductPairs(f).Add(half).ShiftAllRight(bits)
	return l.SaturateToInt16ConcatGrouped(h)
}

// summed is rotated of four vectors, interleaved two by two.
func summed(lo, hi, lo2, hi2, f, f2 archsimd.Int16x16, half archsimd.Int32x8, bits uint64) archsimd.Int16x16 {
	l := lo.DotProductPairs(f).Add(lo2.DotProductPairs(f2)).Add(half).ShiftAllRight(bits)
	h := hi.DotProductPairs(f).Add(hi2.DotProductPairs(f2)).Add(half).ShiftAllRight(bits)
	return l.SaturateToInt16ConcatGrouped(h)
}

func interleaved16(x, y archsimd.Int16x16) (lo, hi archsimd.Int32x8) {
	return x.InterleaveLoGrouped(y).AsInt32x8(), x.InterleaveHiGrouped(y).AsInt32x8()
}

func interleaved32(x, y archsimd.Int32x8) (lo, hi archsimd.Int64x4) {
	return x.InterleaveLoGrouped(y).AsInt64x4(), x.InterleaveHiGrouped(y).AsInt64x4()
}

func storeInterleaved64(to *[32]int16, x, y archsimd.Int64x4) {
	x.InterleaveLoGrouped(y).AsInt16x16().StoreArray((*[16]int16)(to[0:]))
	x.InterleaveHiGrouped(y).AsInt16x16().StoreArray((*[16]int16)(to[16:]))
}
