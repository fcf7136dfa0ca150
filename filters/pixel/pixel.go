// Package pixel has whole pixels to compute with, and the rows that they come
// from. It knows no filter.
//
// The four channels of a pixel lie in lanes of a 64-bit word that are wide
// enough never to spill into each other, so that one addition or multiplication
// serves two or four channels. (Go's compiler does not vectorise; this is what
// one register offers to plain code, and it is the same on every architecture.)
//
//	bytes    R G B A         the pixel in memory, a little-endian uint32
//	even     R . . . B . . . the first and third channel in 32-bit lanes
//	odd      G . . . A . . . the second and fourth channel in 32-bit lanes
//	pairs    R . B . G . A . all four in 16-bit lanes
package pixel

import (
	"encoding/binary"
	"image"
)

// Lanes32 and Lanes16 have a one in each lane.
const (
	Lanes32 uint64 = 0x0000_0001_0000_0001
	Lanes16 uint64 = 0x0001_0001_0001_0001
)

// Pairs spreads all four channels of pixel p.
func Pairs(p uint32) uint64 {
	return uint64(p&0x00ff00ff) | uint64(p>>8&0x00ff00ff)<<32
}

// JoinPairs is the inverse of Pairs, whose lanes must be at most 255.
func JoinPairs(q uint64) uint32 { return uint32(q) | uint32(q>>32)<<8 }

// Load reads the first pixel of p, LoadTwo the first two, and Store writes it.
func Load(p []byte) uint32     { return binary.LittleEndian.Uint32(p) }
func LoadTwo(p []byte) uint64  { return binary.LittleEndian.Uint64(p) }
func Store(p []byte, v uint32) { binary.LittleEndian.PutUint32(p, v) }

// Row returns the bytes of row y, counted from the top of the image
// wherever its rectangle lies, without the padding of the stride.
func Row(m *image.NRGBA, y int) []byte {
	at := y * m.Stride
	return m.Pix[at : at+4*m.Rect.Dx() : at+4*m.Rect.Dx()]
}

// Copy copies src to dst, which has the same size.
func Copy(dst, src *image.NRGBA) {
	for y := range src.Rect.Dy() {
		copy(Row(dst, y), Row(src, y))
	}
}

// Reflect101 brings index i into 0..n-1 by reflecting it at the first and the
// last element without repeating them (2 1 | 0 1 2 3 | 2 1), as often as it
// takes; OpenCV's BORDER_REFLECT_101.
func Reflect101(i, n int) int {
	if n == 1 {
		return 0
	}
	for i < 0 || i >= n {
		if i < 0 {
			i = -i
		} else {
			i = 2*n - 2 - i
		}
	}
	return i
}
