//go:build goexperiment.simd && !scalar

package jpeg

import (
	"encoding/binary"
	"simd/archsimd"
)

// idctWork is what idctVector keeps between its steps: nothing.
type idctWork struct{}

// pairFactors are what a pair is multiplied by, eight times.
type pairFactors [16]int16

func eightPairs(first, second int16) (f pairFactors) {
	for i := 0; i < len(f); i += 2 {
		f[i], f[i+1] = first, second
	}
	return f
}

// The matrix of idctLine, by pairs of its columns.
var (
	even0, even1 = eightPairs(1<<factorBits, 1<<factorBits), eightPairs(1<<factorBits, -1<<factorBits)
	even2, even3 = eightPairs(fix0541+fix0765, fix0541), eightPairs(fix0541, fix0541-fix1847)

	odd0low, odd0high = eightPairs(fix1501-fix0899-fix0390+fix1175, fix1175), eightPairs(fix1175-fix0390, fix1175-fix0899)
	odd1low, odd1high = eightPairs(fix1175, fix3072-fix2562-fix1961+fix1175), eightPairs(fix1175-fix2562, fix1175-fix1961)
	odd2low, odd2high = eightPairs(fix1175-fix0390, fix1175-fix2562), eightPairs(fix2053-fix2562-fix0390+fix1175, fix1175)
	odd3low, odd3high = eightPairs(fix1175-fix0899, fix1175-fix1961), eightPairs(fix1175, fix0298-fix0899-fix1961+fix1175)
)

func (f *pairFactors) times(x archsimd.Int16x16) archsimd.Int32x8 {
	return x.DotProductPairs(archsimd.LoadInt16x16Array((*[16]int16)(f)))
}

// idctVector is idctPlain with AVX2: a pass takes all eight columns or rows at
// a time, as products of pairs.
func idctVector(dst []byte, stride int, coef, quant *[64]int16, _ *idctWork) {
	p, q := dequantize(coef, quant, 0), dequantize(coef, quant, 16)
	half := archsimd.BroadcastInt32x8(1 << (columnBits - 1))
	s0, s1 := even0.times(p).Add(half), even1.times(p).Add(half)
	t0, t1 := even2.times(q), even3.times(q)
	s0, s3 := s0.Add(t0), s0.Sub(t0)
	s1, s2 := s1.Add(t1), s1.Sub(t1)
	p, q = dequantize(coef, quant, 32), dequantize(coef, quant, 48)
	d0, d1 := odd0low.times(p).Add(odd0high.times(q)), odd1low.times(p).Add(odd1high.times(q))
	d2, d3 := odd2low.times(p).Add(odd2high.times(q)), odd3low.times(p).Add(odd3high.times(q))
	// The rows, each of four pairs, two of them in each half of a vector.
	r02 := s0.Add(d0).ShiftAllRight(columnBits).SaturateToInt16ConcatGrouped(s2.Add(d2).ShiftAllRight(columnBits)).AsInt32x8()
	r13 := s1.Add(d1).ShiftAllRight(columnBits).SaturateToInt16ConcatGrouped(s3.Add(d3).ShiftAllRight(columnBits)).AsInt32x8()
	r46 := s3.Sub(d3).ShiftAllRight(columnBits).SaturateToInt16ConcatGrouped(s1.Sub(d1).ShiftAllRight(columnBits)).AsInt32x8()
	r57 := s2.Sub(d2).ShiftAllRight(columnBits).SaturateToInt16ConcatGrouped(s0.Sub(d0).ShiftAllRight(columnBits)).AsInt32x8()
	// Transposed: each vector is a pair of all rows.
	a, b := r02.InterleaveLoGrouped(r13).AsInt64x4(), r02.InterleaveHiGrouped(r13).AsInt64x4()
	c, d := r46.InterleaveLoGrouped(r57).AsInt64x4(), r46.InterleaveHiGrouped(r57).AsInt64x4()
	top0, top1 := a.InterleaveLoGrouped(b), a.InterleaveHiGrouped(b)
	low0, low1 := c.InterleaveLoGrouped(d), c.InterleaveHiGrouped(d)

	p = top0.ConcatPermute128Scalars(0, 2, low0).AsInt16x16()
	q = top1.ConcatPermute128Scalars(0, 2, low1).AsInt16x16()
	half = archsimd.BroadcastInt32x8(1 << (rowBits - 1))
	s0, s1 = even0.times(p).Add(half), even1.times(p).Add(half)
	t0, t1 = even2.times(q), even3.times(q)
	s0, s3 = s0.Add(t0), s0.Sub(t0)
	s1, s2 = s1.Add(t1), s1.Sub(t1)
	p = top0.ConcatPermute128Scalars(1, 3, low0).AsInt16x16()
	q = top1.ConcatPermute128Scalars(1, 3, low1).AsInt16x16()
	d0, d1 = odd0low.times(p).Add(odd0high.times(q)), odd1low.times(p).Add(odd1high.times(q))
	d2, d3 = odd2low.times(p).Add(odd2high.times(q)), odd3low.times(p).Add(odd3high.times(q))
	// Four columns of four rows in each half, then whole rows.
	left := samples(s0.Add(d0), s1.Add(d1), s2.Add(d2), s3.Add(d3))
	right := samples(s3.Sub(d3), s2.Sub(d2), s1.Sub(d1), s0.Sub(d0))
	storeRows(dst, 4*stride, stride, left.InterleaveLoGrouped(right))
	storeRows(dst[2*stride:], 4*stride, stride, left.InterleaveHiGrouped(right))
}

// dequantize returns two vertical frequencies of eight columns.
func dequantize(coef, quant *[64]int16, at int) archsimd.Int16x16 {
	return archsimd.LoadInt16x16Array((*[16]int16)(coef[at:])).Mul(archsimd.LoadInt16x16Array((*[16]int16)(quant[at:])))
}

// rowBytes is where samples finds its bytes.
var rowBytes = [32]int8{
	0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
	0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15,
}

// samples makes bytes of four columns: four of each row.
func samples(x0, x1, x2, x3 archsimd.Int32x8) archsimd.Uint32x8 {
	// After the shift they have 14 bits, so that nothing is cut to make 16.
	x02 := x0.ShiftAllRight(rowBits).SaturateToInt16ConcatGrouped(x2.ShiftAllRight(rowBits))
	x13 := x1.ShiftAllRight(rowBits).SaturateToInt16ConcatGrouped(x3.ShiftAllRight(rowBits))
	level, top := archsimd.BroadcastInt16x16(128), archsimd.BroadcastInt16x16(255)
	x02 = x02.Add(level).Max(archsimd.Int16x16{}).Min(top)
	x13 = x13.Add(level).Max(archsimd.Int16x16{}).Min(top)
	mixed := x02.Or(x13.ShiftAllLeft(8)).AsUint8x32()
	return mixed.PermuteOrZeroGrouped(archsimd.LoadInt8x32Array(&rowBytes)).AsUint32x8()
}

// storeRows writes two rows, one below the other, and two others far below.
func storeRows(dst []byte, far, stride int, rows archsimd.Uint32x8) {
	upper, lower := rows.GetLo().AsUint64x2(), rows.GetHi().AsUint64x2()
	binary.LittleEndian.PutUint64(dst, upper.GetElem(0))
	binary.LittleEndian.PutUint64(dst[stride:], upper.GetElem(1))
	binary.LittleEndian.PutUint64(dst[far:], lower.GetElem(0))
	binary.LittleEndian.PutUint64(dst[far+stride:], lower.GetElem(1))
}
