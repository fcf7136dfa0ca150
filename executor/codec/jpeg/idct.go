package jpeg

import "encoding/binary"

// The inverse DCT takes a block's 64 coefficients, its quantization table and
// gives 8x8 samples. Its arithmetic is that of the standard library's
// image/jpeg, to the bit: the algorithm of Loeffler, Ligtenberg and Moschytz
// ("Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989)
// in 32 bits that wrap around, first along the rows, then along the columns,
// each butterfly halving by moving the point. So the samples are the standard
// library's for whatever a file holds, and it can be the judge in tests.
//
// Coefficients and quantization tables are column by column (transposed): a
// vector of eight then holds the same coefficient of eight rows, and only what
// lies between the passes must be transposed.

// Sines and cosines of n*pi/16 with as many bits after the point as the name
// ends with; rot is for a rotation scaled by 1/sqrt 2.
const (
	sqrtHalf8  = 181   // 1/sqrt 2
	sqrtHalf14 = 11585 // 1/sqrt 2
	rotCos18   = 70936 // cos(6*pi/16) / sqrt 2
	rotSin18   = 171254
	rotCos12   = 1108
	rotSin12   = 2676
	cos3x12    = 3406 // cos(3*pi/16)
	sin3x12    = 2276
	cos1x12    = 4017
	sin1x12    = 799
)

// rotate turns (x, y) by an angle with that cosine and sine, scaled:
// (x*cos - y*sin, x*sin + y*cos), with three products.
func rotate(x, y, cos, sin int32) (int32, int32) {
	both := cos * (x + y)
	return both - (cos+sin)*y, both + (sin-cos)*x
}

// idctPlain writes the samples of a block to eight rows of dst, stride bytes
// apart. coef[0] does not count: dc is the DC coefficient.
func idctPlain(dst []byte, stride int, coef *[64]int16, dc int32, quant *[64]int32) {
	var b [64]int32 // by rows
	for i := range 8 {
		first := int32(coef[i]) * quant[i]
		if i == 0 {
			first = dc * quant[0]
		}
		x0 := first << 17
		x1 := int32(coef[4*8+i]) * quant[4*8+i] << 17
		x0, x1 = x0+x1, x0-x1
		x2, x3 := rotate(int32(coef[2*8+i])*quant[2*8+i], int32(coef[6*8+i])*quant[6*8+i], rotCos18, rotSin18)
		x1, x2 = x1+x2, x1-x2
		x0, x3 = x0+x3, x0-x3

		x7 := int32(coef[1*8+i]) * quant[1*8+i] << 7
		x4 := int32(coef[7*8+i]) * quant[7*8+i] << 7
		x7, x4 = x7+x4, x7-x4
		x5 := int32(coef[3*8+i]) * quant[3*8+i] * sqrtHalf8
		x6 := int32(coef[5*8+i]) * quant[5*8+i] * sqrtHalf8
		x7, x5 = x7+x5, x7-x5
		x4, x6 = x4+x6, x4-x6
		x4, x7 = rotate(x4>>2, x7>>2, cos3x12, sin3x12)
		x5, x6 = rotate(x5>>2, x6>>2, cos1x12, sin1x12)

		row := b[8*i:][:8]
		row[0], row[7] = x0+x7, x0-x7
		row[1], row[6] = x1+x6, x1-x6
		row[2], row[5] = x2+x5, x2-x5
		row[3], row[4] = x3+x4, x3-x4
	}
	for i := range 8 {
		// Half a unit here rounds all eight at the end.
		x0, x1 := b[i]+1<<19, b[4*8+i]
		x0, x1 = (x0+x1)>>2, (x0-x1)>>2
		x2, x3 := rotate(b[2*8+i]>>13, b[6*8+i]>>13, rotCos12, rotSin12)
		x1, x2 = x1+x2, x1-x2
		x0, x3 = x0+x3, x0-x3

		x7, x4 := b[1*8+i], b[7*8+i]
		x7, x4 = x7+x4, x7-x4
		x5 := (b[3*8+i] >> 13) * sqrtHalf14
		x6 := (b[5*8+i] >> 13) * sqrtHalf14
		x7, x5 = x7+x5, x7-x5
		x4, x6 = x4+x6, x4-x6
		x4, x7 = rotate(x4>>14, x7>>14, cos3x12, sin3x12)
		x5, x6 = rotate(x5>>14, x6>>14, cos1x12, sin1x12)

		dst[i], dst[7*stride+i] = sample(x0+x7), sample(x0-x7)
		dst[1*stride+i], dst[6*stride+i] = sample(x1+x6), sample(x1-x6)
		dst[2*stride+i], dst[5*stride+i] = sample(x2+x5), sample(x2-x5)
		dst[3*stride+i], dst[4*stride+i] = sample(x3+x4), sample(x3-x4)
	}
}

// sample takes the fraction off, shifts the level and clips.
func sample(x int32) uint8 { return uint8(max(0, min(255, x>>18+128))) }

// idctFlat is idctPlain of a block which has nothing but a DC coefficient.
func idctFlat(dst []byte, stride int, dc int32, quant *[64]int32) {
	eight := uint64(sample((dc*quant[0]<<17+1<<19)>>2)) * 0x0101010101010101
	for i := range 8 {
		binary.LittleEndian.PutUint64(dst[i*stride:], eight)
	}
}
