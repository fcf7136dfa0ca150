package jpeg

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// zigzagBits[v][b] are the bits b of the vertical frequency v, of the masks that
// a transform returns, at their places in zigzag order.
var zigzagBits = newZigzagBits()

func newZigzagBits() *[8][256]uint64 {
	var t [8][256]uint64
	for k, place := range zigzag {
		for b := range 256 {
			if b>>(place%8)&1 != 0 {
				t[place/8][b] |= 1 << k
			}
		}
	}
	return &t
}

// zigzagPair is the place in the first block of a transformed pair of each
// coefficient in zigzag order.
var zigzagPair = newZigzagPair()

func newZigzagPair() (t [64]uint8) {
	for k, place := range zigzag {
		t[k] = place%8*16 + place/8
	}
	return t
}

// encodeTable has the code of each symbol.
type encodeTable [256]symbolCode

// symbolCode is, in the lower 27 bits, a symbol's code, moved to the left by the
// size in the symbol's lower four bits, and above it the length of both.
type symbolCode uint32

func (c symbolCode) split() (code uint64, length int) {
	return uint64(c & (1<<27 - 1)), int(c >> 27)
}

// newEncodeTable returns the codes of a table (T.81, annex C).
func newEncodeTable(spec *huffmanSpec) *encodeTable {
	var t encodeTable
	code, at := uint32(0), 0
	for i, n := range spec.counts {
		for _, symbol := range spec.symbols[at : at+int(n)] {
			size := uint32(symbol & 15)
			t[symbol] = symbolCode((uint32(i+1)+size)<<27 | code<<size)
			code++
		}
		at += int(n)
		code <<= 1
	}
	return &t
}

// The codes of the standard tables: of luminance and of chrominance.
var (
	dcCodes = [2]*encodeTable{newEncodeTable(&standardHuffman[0][0]), newEncodeTable(&standardHuffman[0][1])}
	acCodes = [2]*encodeTable{newEncodeTable(&standardHuffman[1][0]), newEncodeTable(&standardHuffman[1][1])}
)

const (
	endOfBlock   = 0x00
	sixteenZeros = 0xf0

	// maxBlockBytes is what a block has at most: 11+9 bits of DC and 63 times
	// 16+10 of AC, and what was waiting.
	maxBlockBytes = (11+9+63*26)/8 + 8
	// flushAt is where the bytes are taken out of a bitWriter: with room left
	// for one block.
	flushAt = 4096 - maxBlockBytes
)

// bitWriter takes entropy-coded bits. The bytes wait in buf, still without a
// zero after each 255, because that is faster done to many at a time.
type bitWriter struct {
	acc  uint64 // in its lower bits those that are not in buf yet
	used int    // how many: up to 64
	at   int    // where in buf the next ones go
	buf  [4096]byte
}

// block writes the quantised coefficients of block b of a pair, of which mask
// tells those that are not 0. last is the component's last DC coefficient, and
// the new one is returned.
func (w *bitWriter) block(p *pair, b int, mask uint64, dc, ac *encodeTable, last int32) int32 {
	acc, used := w.acc, w.used
	first := int32(p[8*b&8])
	code, length := encode(dc, 0, first-last)
	acc, used = w.put(acc, used, code, length)

	t := zigzagBits
	rest := t[0][uint8(mask)] | t[1][uint8(mask>>8)] | t[2][uint8(mask>>16)] | t[3][uint8(mask>>24)] |
		t[4][uint8(mask>>32)] | t[5][uint8(mask>>40)] | t[6][uint8(mask>>48)] | t[7][uint8(mask>>56)]
	rest &^= 1
	next := 1 // the place after the last coefficient
	for rest != 0 {
		k := bits.TrailingZeros64(rest)
		rest &= rest - 1
		run := k - next
		next = k + 1
		for ; run >= 16; run -= 16 {
			code, length = ac[sixteenZeros].split()
			acc, used = w.put(acc, used, code, length)
		}
		code, length = encode(ac, run, int32(p[(int(zigzagPair[k&63])+8*b)&127]))
		acc, used = w.put(acc, used, code, length)
	}
	if next != 64 {
		code, length = ac[endOfBlock].split()
		acc, used = w.put(acc, used, code, length)
	}
	w.acc, w.used = acc, used
	return first
}

// put returns acc and used, which block keeps in registers, with one more code.
func (w *bitWriter) put(acc uint64, used int, code uint64, length int) (uint64, int) {
	used += length
	if used > 64 {
		return w.spill(acc, used, code, length)
	}
	return acc<<(length&63) | code, used
}

// spill is put where a code does not fit any more: used counts its bits already,
// and is more than 64.
func (w *bitWriter) spill(acc uint64, used int, code uint64, length int) (uint64, int) {
	over := used - 64
	acc = acc<<((length-over)&63) | code>>(over&63)
	binary.BigEndian.PutUint64(w.buf[w.at:], acc)
	w.at += 8
	return code, over // what is in buf already will leave acc at its upper end
}

// encode returns the code and the magnitude of a coefficient after a run of
// zeros, and how many bits they have (T.81, F.1.2).
func encode(t *encodeTable, run int, v int32) (code uint64, length int) {
	sign := v >> 31
	low := v + sign // v, or v-1 if it is negative, of which the lower bits are written
	size := bits.Len32(uint32(low ^ sign))
	code, length = t[uint8(run<<4|size)].split()
	return code | uint64(uint32(low)&(1<<(size&31)-1)), length
}

// begin forgets what was written.
func (w *bitWriter) begin() { w.acc, w.used, w.at = 0, 0, 0 }

// flush appends the whole bytes to dst.
func (w *bitWriter) flush(dst []byte) []byte {
	dst = appendStuffed(dst, w.buf[:w.at])
	w.at = 0
	return dst
}

// end appends all that is left to dst, filled up with ones.
func (w *bitWriter) end(dst []byte) []byte {
	dst = w.flush(dst)
	var rest [8]byte
	free := (64 - w.used) & 63 // or none is used, and nothing will be written
	binary.BigEndian.PutUint64(rest[:], w.acc<<free|(1<<free-1))
	return appendStuffed(dst, rest[:(w.used+7)/8])
}

// appendStuffed appends src to dst with a zero after each 255, so that none of
// them looks like a marker.
func appendStuffed(dst, src []byte) []byte {
	dst = slices.Grow(dst, 2*len(src))
	out := dst[len(dst) : len(dst)+2*len(src)]
	n := 0
	for len(src) >= 8 {
		x := binary.LittleEndian.Uint64(src)
		binary.LittleEndian.PutUint64(out[n:], x)
		if full := fullBytes(x); full != 0 {
			first := bits.TrailingZeros64(full)/8 + 1
			out[n+first] = 0
			n += first + 1
			src = src[first:]
			continue
		}
		n += 8
		src = src[8:]
	}
	for _, b := range src {
		out[n] = b
		n++
		if b == 0xff {
			out[n] = 0
			n++
		}
	}
	return dst[:len(dst)+n]
}

// fullBytes returns a number whose lowest set bit is the top one of the lowest
// byte of x that is 255, or 0 if there is none.
func fullBytes(x uint64) uint64 {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	return (^x - ones) & x & tops
}
