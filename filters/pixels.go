package filters

import (
	"encoding/binary"
	"image"
)

// Whole pixels are computed with at a time: the four channels of a pixel lie
// in lanes of a 64-bit word that are wide enough never to spill into each
// other, so that one addition or multiplication serves two or four channels.
// (Go's compiler does not vectorise; this is what one register offers to plain
// code, and it is the same on every architecture.)
//
//	bytes    R G B A         the pixel in memory, a little-endian uint32
//	even     R . . . B . . . the first and third channel in 32-bit lanes
//	odd      G . . . A . . . the second and fourth channel in 32-bit lanes
//	pairs    R . B . G . A . all four in 16-bit lanes
const (
	lanes32 uint64 = 0x0000_0001_0000_0001 // one in each 32-bit lane
	lanes16 uint64 = 0x0001_0001_0001_0001 // one in each 16-bit lane
)

// even spreads the first and third channel of pixel p.
func even(p uint64) uint64 { return (p | p<<16) & (0xff * lanes32) }

// odd spreads the second and fourth channel of pixel p.
func odd(p uint64) uint64 { return (p>>8 | p<<8) & (0xff * lanes32) }

// join is the inverse of even and odd, whose lanes must be at most 255.
func join(e, o uint64) uint32 { return uint32(e|e>>16) | uint32(o|o>>16)<<8 }

// pairs spreads all four channels of pixel p.
func pairs(p uint32) uint64 {
	return uint64(p&0x00ff00ff) | uint64(p>>8&0x00ff00ff)<<32
}

// joinPairs is the inverse of pairs, whose lanes must be at most 255.
func joinPairs(q uint64) uint32 { return uint32(q) | uint32(q>>32)<<8 }

// pixel reads the first pixel of p, and putPixel writes it.
func pixel(p []byte) uint32       { return binary.LittleEndian.Uint32(p) }
func twoPixels(p []byte) uint64   { return binary.LittleEndian.Uint64(p) }
func putPixel(p []byte, v uint32) { binary.LittleEndian.PutUint32(p, v) }

// pixelRow returns the bytes of row y, counted from the top of the image
// wherever its rectangle lies, without the padding of the stride.
func pixelRow(m *image.NRGBA, y int) []byte {
	at := y * m.Stride
	return m.Pix[at : at+4*m.Rect.Dx() : at+4*m.Rect.Dx()]
}

// copyPixels copies src to dst, which has the same size.
func copyPixels(dst, src *image.NRGBA) {
	for y := range src.Rect.Dy() {
		copy(pixelRow(dst, y), pixelRow(src, y))
	}
}

// opaque reports whether every pixel has the alpha 255.
func opaque(m *image.NRGBA) bool {
	for y := range m.Rect.Dy() {
		all := uint32(0xff000000)
		for row := pixelRow(m, y); len(row) >= 4; row = row[4:] {
			all &= pixel(row)
		}
		if all != 0xff000000 {
			return false
		}
	}
	return true
}

// reflect101 brings index i into 0..n-1 by reflecting it at the first and the
// last element without repeating them (2 1 | 0 1 2 3 | 2 1), as often as it
// takes; OpenCV's BORDER_REFLECT_101.
func reflect101(i, n int) int {
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
