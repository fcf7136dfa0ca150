package jpeg

import "encoding/binary"

// The inverse DCT takes a block's 64 coefficients, its quantization table and
// gives 8x8 samples. Its arithmetic is that of libjpeg's default, to the bit:
// the algorithm of Loeffler, Ligtenberg and Moschytz ("Practical fast 1-D DCT
// algorithms with 11 multiplications", ICASSP 1989) with factors of 13 bits
// after the point, first along the columns, then along the rows. Each pass
// gives sqrt 8 times the transform and rounds once, the first to pointBits bits
// after the point. So each is a product with a matrix of whole numbers, which
// may be summed up in any order.
//
// Coefficients times steps have 16 bits, which are cut; what lies between the
// passes has 16 bits, which are clipped; all else has 32. Only a hostile file
// comes near these limits, where libjpeg's vectors and its plain loops differ
// too.
//
// Coefficients and quantization tables lie so that the vectors have nothing to
// put in order (place): in pairs of those that are multiplied together.

// The factors of 13 bits after the point, by what they are: sums and
// differences of sqrt 2 times the cosines of n sixteenths of pi.
const (
	fix0298 = 2446
	fix0390 = 3196
	fix0541 = 4433
	fix0765 = 6270
	fix0899 = 7373
	fix1175 = 9633
	fix1501 = 12299
	fix1847 = 15137
	fix1961 = 16069
	fix2053 = 16819
	fix2562 = 20995
	fix3072 = 25172
)

const (
	factorBits = 13
	pointBits  = 2
	columnBits = factorBits - pointBits     // that a column is shifted by
	rowBits    = factorBits + pointBits + 3 // that a row is shifted by
)

// slot is where a frequency stands among eight: 0, 4, 2, 6, 1, 3, 5, 7. Two
// and two are pairs.
var slot = [8]uint8{0, 4, 2, 5, 1, 6, 3, 7}

// place is where a coefficient lies in a block: the pairs of vertical
// frequencies one after the other, the columns in the order of slot in each,
// and of each column the two of the pair.
func place(vertical, horizontal uint8) uint8 {
	v, h := slot[vertical], slot[horizontal]
	return 16*(v>>1) + 2*h + v&1
}

// idctPlain writes the samples of a block to eight rows of dst, stride bytes
// apart.
func idctPlain(dst []byte, stride int, coef, quant *[64]int16) {
	var b [64]int16 // the rows, their columns in the order of slot
	for h := range 8 {
		in := func(pair, side int) int32 {
			at := 16*pair + 2*h + side
			return int32(coef[at] * quant[at])
		}
		s, d := idctLine(in(0, 0), in(2, 0), in(1, 0), in(2, 1), in(0, 1), in(3, 0), in(1, 1), in(3, 1), 1<<(columnBits-1))
		for i := range 4 {
			b[8*i+h], b[8*(7-i)+h] = clip16((s[i]+d[i])>>columnBits), clip16((s[i]-d[i])>>columnBits)
		}
	}
	for y := range 8 {
		r := (*[8]int16)(b[8*y:])
		s, d := idctLine(int32(r[0]), int32(r[4]), int32(r[2]), int32(r[5]), int32(r[1]), int32(r[6]), int32(r[3]), int32(r[7]), 1<<(rowBits-1))
		to := (*[8]byte)(dst[y*stride:])
		for i := range 4 {
			to[i], to[7-i] = sample((s[i]+d[i])>>rowBits), sample((s[i]-d[i])>>rowBits)
		}
	}
}

// idctLine transforms eight values: the first four of the results are s + d, and
// the last four, from the end, s - d. To s half is added.
func idctLine(x0, x1, x2, x3, x4, x5, x6, x7, half int32) (s, d [4]int32) {
	z := (x2 + x6) * fix0541
	t2, t3 := z-x6*fix1847, z+x2*fix0765
	t0, t1 := (x0+x4)<<factorBits+half, (x0-x4)<<factorBits+half
	s = [4]int32{t0 + t3, t1 + t2, t1 - t2, t0 - t3}

	z1, z2, z3, z4 := x7+x1, x5+x3, x7+x3, x5+x1
	z5 := (z3 + z4) * fix1175
	z1, z2, z3, z4 = -z1*fix0899, -z2*fix2562, z5-z3*fix1961, z5-z4*fix0390
	d = [4]int32{x1*fix1501 + z1 + z4, x3*fix3072 + z2 + z3, x5*fix2053 + z2 + z4, x7*fix0298 + z1 + z3}
	return s, d
}

func clip16(v int32) int16 { return int16(max(-1<<15, min(1<<15-1, v))) }

// sample shifts the level and clips.
func sample(x int32) uint8 { return uint8(max(0, min(255, x+128))) }

// idctFlat is idctPlain of a block which has nothing but a DC coefficient.
func idctFlat(dst []byte, stride int, dc, quant int16) {
	const half = 1 << (pointBits + 3 - 1)
	column := clip16(int32(dc*quant) << pointBits)
	eight := uint64(sample((int32(column)+half)>>(pointBits+3))) * 0x0101010101010101
	for i := range 8 {
		binary.LittleEndian.PutUint64(dst[i*stride:], eight)
	}
}
