package jpeg

// pair is two blocks of 8x8 next to each other, which are transformed together:
// element 16*r+8*b+c is in row r and column c of block b. After the transform it
// is the coefficient of the r-th horizontal and the c-th vertical frequency, so
// that no kernel has to transpose twice.
type pair [128]int16

// quantiser holds the steps of a quantisation table in the layout of a pair, as
// two factors, so that 16-bit multiplications round exactly:
//
//	round(x/d) = sign(x) * ((((|x|+half) * reciprocal) >> 16) * scale >> 16)
//
// where d is the step times 16, as the transform gives 16 times the coefficients.
// Halves are rounded away from zero.
//
// With 2^(k-1) < d <= 2^k, reciprocal is 2^(15+k)/d rounded up and scale
// 2^(17-k). The reciprocal is too large by less than 1, which after n
// multiplications of it and the shift by 15+k is less than n/2^(15+k) <= 1/d for
// n < 2^15: too little to reach the next integer. (Granlund and Montgomery,
// "Division by Invariant Integers using Multiplication", 1994.)
type quantiser struct {
	half, reciprocal, scale [128]uint16
}

// newQuantiser returns the quantiser of a table, row by row, of steps from 1 to
// 255.
func newQuantiser(table *[64]uint8) (q quantiser) {
	for i, step := range table {
		d := 16 * uint32(step)
		k := 4
		for 1<<k < d {
			k++
		}
		for b := range 2 {
			at := 16*(i%8) + 8*b + i/8
			q.half[at] = uint16(d / 2)
			q.reciprocal[at] = uint16((1<<(15+k) + d - 1) / d)
			q.scale[at] = 1 << (17 - k)
		}
	}
	return q
}

// divided returns n, the size of element i of a pair, divided by its step.
func (q *quantiser) divided(n uint32, i int) uint32 {
	n += uint32(q.half[i])
	return n * uint32(q.reciprocal[i]) >> 16 * uint32(q.scale[i]) >> 16
}

// The factors of the transform, of 14 bits after the point: the square root of 2
// times the cosine of 1, 3, 5, 7, 2 and 6 sixteenths of pi.
const (
	cos1 = 22725
	cos3 = 19266
	cos5 = 12873
	cos7 = 4520
	cos2 = 21407
	cos6 = 8867

	one     = 1 << cosBits
	cosBits = 14
	// passBits of precision are kept between the two passes, and all but one of
	// them are taken off after the second. More do not fit: the first pass gives
	// up to 8*128<<3, of which the second adds up four in 16 bits.
	passBits = 3
)

// transformPlain replaces samples of -128 to 127 by their quantised coefficients,
// and returns which of them are not 0: bit 8*v+u for horizontal frequency u and
// vertical frequency v, one mask for each block.
func transformPlain(p *pair, q *quantiser) (masks [2]uint64) {
	for i := range 16 {
		fdctColumn(p, i)
	}
	transposeBlock(p, 0)
	transposeBlock(p, 8)
	for i := range 16 {
		fdctRow(p, i)
	}
	for b := range masks {
		var mask uint64
		for u := range 8 {
			at := (16*u + 8*b) & 127
			for v := range 8 {
				i := (at + v) & 127
				x := int32(p[i])
				sign := x >> 31
				n := q.divided(uint32(x^sign-sign), i)
				p[i] = int16(int32(n) ^ sign - sign)
				mask |= uint64((n+0xffff)>>16) << (8*v + u) // 1 if n is not 0
			}
		}
		masks[b] = mask
	}
	return masks
}

// transposeBlock swaps the rows and columns of the block that begins at p[at].
func transposeBlock(p *pair, at int) {
	for r := range 8 {
		for c := range r {
			i, j := (at+16*r+c)&127, (at+16*c+r)&127
			p[i], p[j] = p[j], p[i]
		}
	}
}

// fdctColumn transforms the column of a pair that begins at p[at], and multiplies
// it by 2^passBits and the square root of 8.
func fdctColumn(p *pair, at int) {
	const shift = cosBits - passBits
	c := (*[113]int16)(p[at:])
	y0, y4, y2, y6, y1, y3, y5, y7 := fdct8(int32(c[0]), int32(c[16]), int32(c[32]), int32(c[48]),
		int32(c[64]), int32(c[80]), int32(c[96]), int32(c[112]), 1<<(shift-1))
	c[0], c[64] = int16(y0<<passBits), int16(y4<<passBits)
	c[32], c[96] = int16(y2>>shift), int16(y6>>shift)
	c[16], c[48], c[80], c[112] = int16(y1>>shift), int16(y3>>shift), int16(y5>>shift), int16(y7>>shift)
}

// fdctRow is the second pass, after the blocks are transposed: it transforms in
// the same direction, and ends with 16 times the coefficients.
func fdctRow(p *pair, at int) {
	const shift = cosBits + passBits - 1
	const round = 1 << (passBits - 2)
	c := (*[113]int16)(p[at:])
	y0, y4, y2, y6, y1, y3, y5, y7 := fdct8(int32(c[0]), int32(c[16]), int32(c[32]), int32(c[48]),
		int32(c[64]), int32(c[80]), int32(c[96]), int32(c[112]), 1<<(shift-1))
	c[0], c[64] = int16((y0+round)>>(passBits-1)), int16((y4+round)>>(passBits-1))
	c[32], c[96] = int16(y2>>shift), int16(y6>>shift)
	c[16], c[48], c[80], c[112] = int16(y1>>shift), int16(y3>>shift), int16(y5>>shift), int16(y7>>shift)
}

// fdct8 returns the one-dimensional DCT of eight samples, multiplied by the
// square root of 8: y0 and y4 as they are, and the others, which need
// multiplications, times 2^cosBits, with half added for the rounding. The even
// coefficients are those of Loeffler, Ligtenberg and Moschytz, "Practical fast
// 1-D DCT algorithms with 11 multiplications", 1989; the odd ones are the
// definition, because a processor that multiplies and adds pairs is faster so
// than with fewer products in a longer row, and the error is smaller.
func fdct8(x0, x1, x2, x3, x4, x5, x6, x7, half int32) (y0, y4, y2, y6, y1, y3, y5, y7 int32) {
	s0, s1, s2, s3 := x0+x7, x1+x6, x2+x5, x3+x4
	d0, d1, d2, d3 := x0-x7, x1-x6, x2-x5, x3-x4
	y0, y4 = s0+s3+s1+s2, s0+s3-s1-s2
	y2 = cos2*(s0-s3) + cos6*(s1-s2) + half
	y6 = cos6*(s0-s3) - cos2*(s1-s2) + half
	y1 = cos1*d0 + cos3*d1 + cos5*d2 + cos7*d3 + half
	y3 = cos3*d0 - cos7*d1 - cos1*d2 - cos5*d3 + half
	y5 = cos5*d0 - cos1*d1 + cos7*d2 + cos3*d3 + half
	y7 = cos7*d0 - cos5*d1 + cos3*d2 - cos1*d3 + half
	return y0, y4, y2, y6, y1, y3, y5, y7
}
