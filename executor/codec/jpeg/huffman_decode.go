package jpeg

import "encoding/binary"

// lookBits is how many bits of the stream are looked up at once. Eleven hold
// the code and the magnitude of nine symbols in ten of a photograph; a table
// takes 8 KB, so that those of two AC classes stay in the L1 cache.
const lookBits = 11

// A decodeTable decodes one Huffman table (ITU-T T.81, annex C and F.2.2).
type decodeTable struct {
	// look is indexed by the next lookBits bits. From the lowest bit: 16 of a
	// coefficient, 8 of the symbol, 8 of length. With a coefficient,
	// which is never 0, the length is that of code and magnitude together;
	// with 0 it is the code's. A length of 0: the code is longer, or none.
	look [1 << lookBits]uint32
	// limit[l] is the first value of 16 bits that no code of up to l bits
	// begins; shift[l] is to be added to a code of l bits to give its index
	// in symbols.
	limit   [17]uint32
	shift   [17]int32
	symbols [256]uint8
	// codes is how many there are: 0 for a table that was never defined.
	codes int
}

// fault is what can be wrong with entropy-coded data.
type fault uint8

const (
	noFault    fault = iota
	faultShort       // it ends, or a marker comes, before the last block is whole
	faultCode        // bits that are no code, or a code that means nothing here
)

// define builds the table from the number of codes of each length and the
// symbols in the order of their codes. It reports whether the codes fit: more
// than a binary tree has leaves do not. An AC table's entries hold a
// coefficient where there is room for one.
func (t *decodeTable) define(counts *[16]uint8, symbols []byte, ac bool) bool {
	t.codes = copy(t.symbols[:], symbols)
	clear(t.look[:])
	code, index := uint32(0), int32(0)
	for l := 1; l <= 16; l++ {
		count := uint32(counts[l-1])
		t.shift[l] = index - int32(code)
		if l <= lookBits {
			for i := range count {
				if code+i >= 1<<l {
					return false
				}
				t.fill((code+i)<<(lookBits-l), l, t.symbols[index+int32(i)], ac)
			}
		}
		code += count
		index += int32(count)
		if code > 1<<l {
			return false
		}
		t.limit[l] = code << (16 - l)
		code <<= 1
	}
	return true
}

// fill enters a symbol, whose code of l bits is the upper part of prefix, with
// whatever may follow it.
func (t *decodeTable) fill(prefix uint32, l int, symbol uint8, ac bool) {
	size := int(symbol & 15)
	for rest := range uint32(1) << (lookBits - l) {
		e := uint32(l)<<24 | uint32(symbol)<<16
		if spare := lookBits - l - size; ac && size > 0 && spare >= 0 {
			v := int32(rest >> spare)
			if v>>(size-1) == 0 {
				v += -1<<size + 1
			}
			e = uint32(l+size)<<24 | uint32(symbol)<<16 | uint32(uint16(v))
		}
		t.look[prefix|rest] = e
	}
}

// long decodes a code that is not in look from the next 16 bits: the symbol
// and its length, which is 0 if there is no such code.
func (t *decodeTable) long(next uint32) (symbol uint8, length int) {
	for l := lookBits + 1; l <= 16; l++ {
		if next < t.limit[l] {
			return t.symbols[uint8(int32(next>>(16-l))+t.shift[l])], l
		}
	}
	return 0, 0
}

// A bitReader reads entropy-coded data: the first bit of a byte first, a zero
// after each 255 left out, up to the first marker.
type bitReader struct {
	data []byte
	pos  int    // the next byte to take into acc
	acc  uint64 // the next bits, from the top; below the n-th may be more of the same
	n    int    // how many of them count; less than 0 once more were read than there are
	odd  bool   // see Decoder
}

// refill takes bytes until more than 56 bits are there, or no more can be.
func refill(data []byte, pos int, acc uint64, n int) (int, uint64, int) {
	for n <= 56 && pos < len(data) {
		b := data[pos]
		if b == 0xff {
			next := pos + 1
			for next < len(data) && data[next] == 0xff { // filling
				next++
			}
			if next == len(data) || data[next] != 0 {
				break
			}
			pos = next
		}
		pos++
		acc |= uint64(b) << (56 - n)
		n += 8
	}
	return pos, acc, n
}

// longest is how many bits the longest symbol takes: a code of 16, and a
// magnitude of 16 bits.
const longest = 32

// magnitude is the signed number of size bits that are the first of acc
// (T.81, F.2.2.1: RECEIVE and EXTEND).
func magnitude(acc uint64, size uint) int32 {
	v := int32(acc >> ((64 - size) & 63))
	negative := ^int32(int64(acc) >> 63)
	return v + negative&(-1<<size+1)
}

// block decodes one block: the difference of its DC coefficient, and the
// others into coef, which must be zero, in the order of idct. Without any,
// flat is true.
func (r *bitReader) block(coef *[64]int16, dc, ac *decodeTable) (difference int32, flat bool, f fault) {
	data, pos, acc, n := r.data, r.pos, r.acc, r.n
	if n < longest {
		pos, acc, n = refill(data, pos, acc, n)
	}
	e := dc.look[acc>>(64-lookBits)]
	length, size := int(e>>24), uint(e>>16&255)
	if length == 0 {
		var symbol uint8
		if symbol, length = dc.long(uint32(acc >> 48)); length == 0 {
			return 0, false, bad(n)
		}
		size = uint(symbol)
	}
	if size > 16 {
		return 0, false, faultCode
	}
	acc <<= length & 63
	if size > 0 {
		difference = magnitude(acc, size)
		acc <<= size & 63
	}
	n -= length + int(size)

	k := uint(1)
	for k < 64 {
		if n < longest {
			if n < 0 {
				return 0, false, faultShort
			}
			if pos+8 <= len(data) {
				if w := binary.BigEndian.Uint64(data[pos:]); (^w-0x0101010101010101)&w&0x8080808080808080 == 0 {
					// Not one of the eight bytes is 255.
					acc |= w >> (uint(n) & 63)
					pos += (63 - n) >> 3
					n |= 56
				} else {
					pos, acc, n = refill(data, pos, acc, n)
				}
			} else {
				pos, acc, n = refill(data, pos, acc, n)
			}
		}
		e := ac.look[acc>>(64-lookBits)]
		acc <<= e >> 24 & 63
		n -= int(e >> 24)
		v := int16(e)
		if v == 0 {
			symbol := uint8(e >> 16)
			if e == 0 {
				var length int
				if symbol, length = ac.long(uint32(acc >> 48)); length == 0 {
					return 0, false, bad(n)
				}
				acc <<= length & 63
				n -= length
			}
			size := uint(symbol & 15)
			if size == 0 {
				if symbol != 0xf0 {
					// A run of bands, as progressive files have, is an end too.
					r.odd = r.odd || symbol != 0
					break
				}
				k += 16
				continue
			}
			v = int16(magnitude(acc, size))
			acc <<= size & 63
			n -= int(size)
			e = uint32(symbol) << 16
		}
		k += uint(e >> 20 & 15)
		coef[places[k&127]&63] = v
		k++
	}
	r.odd = r.odd || k > 64 // a run beyond the block's end
	if n < 0 {
		return 0, false, faultShort
	}
	r.pos, r.acc, r.n = pos, acc, n
	return difference, k == 1, noFault
}

// bad is faultCode, unless not all the bits are there that a code may have.
func bad(n int) fault {
	if n < 16 {
		return faultShort
	}
	return faultCode
}

// fill makes sure that the longest symbol is there, or all that there is.
func (r *bitReader) fill() {
	if r.n < longest {
		r.pos, r.acc, r.n = refill(r.data, r.pos, r.acc, r.n)
	}
}

// enough is faultShort if more bits were read than there are.
func (r *bitReader) enough() fault {
	if r.n < 0 {
		return faultShort
	}
	return noFault
}

// bits takes up to 16 bits.
func (r *bitReader) bits(n uint) uint32 {
	v := uint32(r.acc >> 48 >> (16 - n))
	r.acc <<= n
	r.n -= int(n)
	return v
}

// signed takes a signed number of size bits, up to 16.
func (r *bitReader) signed(size uint) int32 {
	if size == 0 {
		return 0
	}
	v := magnitude(r.acc, size)
	r.acc <<= size
	r.n -= int(size)
	return v
}

// code takes a code of a table of DC coefficients.
func (r *bitReader) code(t *decodeTable) (symbol uint8, f fault) {
	e := t.look[r.acc>>(64-lookBits)]
	symbol, length := uint8(e>>16), int(e>>24)
	if e == 0 {
		if symbol, length = t.long(uint32(r.acc >> 48)); length == 0 {
			return 0, bad(r.n)
		}
	}
	r.acc <<= length & 63
	r.n -= length
	return symbol, noFault
}

// symbol takes a code of a table of AC coefficients, and the coefficient behind
// it, if there is one.
func (r *bitReader) symbol(t *decodeTable) (symbol uint8, v int32, f fault) {
	e := t.look[r.acc>>(64-lookBits)]
	if v = int32(int16(e)); v != 0 {
		r.acc <<= e >> 24 & 63
		r.n -= int(e >> 24)
		return uint8(e >> 16), v, noFault
	}
	if symbol, f = r.code(t); f != noFault {
		return 0, 0, f
	}
	return symbol, r.signed(uint(symbol & 15)), noFault
}
