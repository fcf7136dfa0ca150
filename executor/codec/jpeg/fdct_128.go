//go:build goexperiment.simd && !scalar && (arm64 || wasm)

package jpeg

import "simd/archsimd"

// transformVector is transformPlain with vectors of 128 bits, a row of one block.
// In WebAssembly (Node 20) a pair takes 180 ns instead of 1290.
func transformVector(p *pair, q *quantiser) (masks [2]uint64) {
	for b := range masks {
		fdctColumnsVector(p, 8*b)
		fdctRowsVector(p, 8*b)
		masks[b] = quantiseVector(p, q, 8*b)
	}
	return masks
}

// quantiseVector quantises the block that begins at p[at], and returns its mask.
func quantiseVector(p *pair, q *quantiser, at int) uint64 {
	var zero, zeros archsimd.Int16x8
	for i := at + 112; i >= 0; i -= 16 {
		j := i & 127
		x := archsimd.LoadInt16x8Array((*[8]int16)(p[j:]))
		n := x.Abs().ToBits().Add(archsimd.LoadUint16x8Array((*[8]uint16)(q.half[j:])))
		n = mulHigh(n, archsimd.LoadUint16x8Array((*[8]uint16)(q.reciprocal[j:])))
		n = mulHigh(n, archsimd.LoadUint16x8Array((*[8]uint16)(q.scale[j:])))
		sign := x.ShiftAllRight(15)
		x = n.BitsToInt16().Xor(sign).Sub(sign)
		x.StoreArray((*[8]int16)(p[j:]))
		// A comparison that holds is -1: one more bit at the lower end.
		zeros = zeros.Add(zeros).Sub(x.Equal(zero).ToInt16x8())
	}
	return ^lowerBytes(zeros)
}

// fdctColumnsVector is fdctColumn of the eight columns of the block that begins
// at p[at], and transposes it.
func fdctColumnsVector(p *pair, at int) {
	row := func(r int) archsimd.Int16x8 { return archsimd.LoadInt16x8Array((*[8]int16)(p[(at+16*r)&127:])) }
	s0, d0 := row(0).Add(row(7)), row(0).Sub(row(7))
	s1, d1 := row(1).Add(row(6)), row(1).Sub(row(6))
	s2, d2 := row(2).Add(row(5)), row(2).Sub(row(5))
	s3, d3 := row(3).Add(row(4)), row(3).Sub(row(4))
	s0, s3 = s0.Add(s3), s0.Sub(s3)
	s1, s2 = s1.Add(s2), s1.Sub(s2)
	x0, x4 := s0.Add(s1).ShiftAllLeft(passBits), s0.Sub(s1).ShiftAllLeft(passBits)

	// So that the upper 16 bits of a product are what fdctColumn shifts to.
	const up = 16 - (cosBits - passBits)
	s2, s3 = s2.ShiftAllLeft(up), s3.ShiftAllLeft(up)
	d0, d1, d2, d3 = d0.ShiftAllLeft(up), d1.ShiftAllLeft(up), d2.ShiftAllLeft(up), d3.ShiftAllLeft(up)
	x2 := rotated(s3, s2, cos2, cos6)
	x6 := rotated(s3, s2, cos6, -cos2)
	x1 := summed(d0, d1, d2, d3, cos1, cos3, cos5, cos7)
	x3 := summed(d0, d1, d2, d3, cos3, -cos7, -cos1, -cos5)
	x5 := summed(d0, d1, d2, d3, cos5, -cos1, cos7, cos3)
	x7 := summed(d0, d1, d2, d3, cos7, -cos5, cos3, -cos1)

	// 2x2 elements are transposed, then 2x2 of these, then of those.
	y0, y1 := transposed16(x0, x1)
	y2, y3 := transposed16(x2, x3)
	y4, y5 := transposed16(x4, x5)
	y6, y7 := transposed16(x6, x7)
	z0, z2 := transposed32(y0, y2)
	z1, z3 := transposed32(y1, y3)
	z4, z6 := transposed32(y4, y6)
	z5, z7 := transposed32(y5, y7)
	storeTransposed64(p, at, z0, z4)
	storeTransposed64(p, at+16, z1, z5)
	storeTransposed64(p, at+32, z2, z6)
	storeTransposed64(p, at+48, z3, z7)
}

// storeTransposed64 stores the row that begins at p[at] and the one four below.
func storeTransposed64(p *pair, at int, x, y archsimd.Uint64x2) {
	lo, hi := transposed64(x, y)
	lo.StoreArray((*[8]int16)(p[at&127:]))
	hi.StoreArray((*[8]int16)(p[(at+64)&127:]))
}

// fdctRowsVector is fdctRow of the eight columns of the block that begins at
// p[at].
func fdctRowsVector(p *pair, at int) {
	row := func(r int) archsimd.Int16x8 { return archsimd.LoadInt16x8Array((*[8]int16)(p[(at+16*r)&127:])) }
	store := func(r int, x archsimd.Int16x8) { x.StoreArray((*[8]int16)(p[(at+16*r)&127:])) }
	s0, d0 := row(0).Add(row(7)), row(0).Sub(row(7))
	s1, d1 := row(1).Add(row(6)), row(1).Sub(row(6))
	s2, d2 := row(2).Add(row(5)), row(2).Sub(row(5))
	s3, d3 := row(3).Add(row(4)), row(3).Sub(row(4))
	s0, s3 = s0.Add(s3), s0.Sub(s3)
	s1, s2 = s1.Add(s2), s1.Sub(s2)
	// fdctRow shifts by 16, which is to say that it takes the upper 16 bits.
	const _ = uint(cosBits + passBits - 1 - 16)
	const _ = uint(16 - (cosBits + passBits - 1))
	store(0, rotated(s0, s1, one, one)) // their sum takes 17 bits
	store(4, rotated(s0, s1, one, -one))
	store(2, rotated(s3, s2, cos2, cos6))
	store(6, rotated(s3, s2, cos6, -cos2))
	store(1, summed(d0, d1, d2, d3, cos1, cos3, cos5, cos7))
	store(3, summed(d0, d1, d2, d3, cos3, -cos7, -cos1, -cos5))
	store(5, summed(d0, d1, d2, d3, cos5, -cos1, cos7, cos3))
	store(7, summed(d0, d1, d2, d3, cos7, -cos5, cos3, -cos1))
}

// rotated returns the upper 16 bits of x*f + y*g, rounded.
func rotated(x, y archsimd.Int16x8, f, g int16) archsimd.Int16x8 {
	half := archsimd.BroadcastInt32x4(1 << 15)
	a, b := archsimd.BroadcastInt16x8(f), archsimd.BroadcastInt16x8(g)
	return upperHalves(
		x.MulWidenLo(a).Add(y.MulWidenLo(b)).Add(half),
		mulWidenHi(x, a).Add(mulWidenHi(y, b)).Add(half))
}

// summed is rotated of four products.
func summed(x, y, z, w archsimd.Int16x8, f, g, h, i int16) archsimd.Int16x8 {
	half := archsimd.BroadcastInt32x4(1 << 15)
	a, b := archsimd.BroadcastInt16x8(f), archsimd.BroadcastInt16x8(g)
	c, d := archsimd.BroadcastInt16x8(h), archsimd.BroadcastInt16x8(i)
	return upperHalves(
		x.MulWidenLo(a).Add(y.MulWidenLo(b)).Add(z.MulWidenLo(c).Add(w.MulWidenLo(d))).Add(half),
		mulWidenHi(x, a).Add(mulWidenHi(y, b)).Add(mulWidenHi(z, c).Add(mulWidenHi(w, d))).Add(half))
}
