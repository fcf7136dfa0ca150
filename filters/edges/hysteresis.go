package edges

import (
	"encoding/binary"
	"image"
	"math/bits"

	"carriles/filters/filter"
)

// The map of edges has one byte a pixel. The top bit of one of eight bytes at
// a time tells an edge, and the lowest without it a candidate.
const (
	noEdge    = 0
	candidate = 1 // an edge if it is connected to one
	edge      = 0xff
)

// edgeMap is the map of edges of an image, with a frame of one pixel that is
// never an edge nor a candidate.
type edgeMap struct {
	dst    *image.NRGBA
	cells  []byte
	w      int
	stride int
	stack  []int32 // positions in cells whose neighbours are to be looked at
}

// mapSlack are bytes after the map, so that a vector may begin in its last pixels.
const mapSlack = 64

// newEdgeMap prepares the map of dst: the frame, and rows full of rubbish.
func newEdgeMap(dst *image.NRGBA, s *filter.Scratch) edgeMap {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	stride := w + 2
	cells := s.Bytes(2, stride*(h+2)+mapSlack)
	clear(cells[:stride])
	clear(cells[stride*(h+1):])
	for y := 1; y <= h; y++ {
		cells[y*stride], cells[(y+1)*stride-1] = noEdge, noEdge
	}
	return edgeMap{dst: dst, cells: cells, w: w, stride: stride, stack: s.Int32s(0, 0)}
}

// row returns the map from the first pixel of row y on.
func (m *edgeMap) row(y int) []byte { return m.cells[(y+1)*m.stride+1:] }

// seed makes edges of the candidates of row y that touch one. The rows above
// and below have to be marked.
func (m *edgeMap) seed(y int) {
	const ones = 0x0101_0101_0101_0101
	at := (y+1)*m.stride + 1
	row := m.cells[at:][:m.w]
	for x := 0; x < m.w; x += 8 {
		var eight uint64
		if x <= m.w-8 {
			eight = binary.LittleEndian.Uint64(row[x : x+8])
		} else {
			for i, c := range row[x:] {
				eight |= uint64(c) << (8 * i)
			}
		}
		for found := eight &^ (eight >> 7) & ones; found != 0; found &= found - 1 {
			if p := at + x + bits.TrailingZeros64(found)/8; m.touches(p) {
				m.promote(p)
			}
		}
	}
}

// touches reports whether one of the eight neighbours is an edge.
func (m *edgeMap) touches(at int) bool {
	a, b, c := m.cells[at-m.stride-1:][:3], m.cells[at-1:][:3], m.cells[at+m.stride-1:][:3]
	return (a[0]|a[1]|a[2]|b[0]|b[2]|c[0]|c[1]|c[2])&0x80 != 0
}

// promote makes an edge of a candidate, in the map and in the image.
func (m *edgeMap) promote(at int) {
	m.cells[at] = edge
	m.stack = append(m.stack, int32(at))
	y, x := uint32(at)/uint32(m.stride)-1, uint32(at)%uint32(m.stride)-1
	p := m.dst.Pix[int(y)*m.dst.Stride+4*int(x):][:3]
	p[0], p[1], p[2] = 255, 255, 255
}

// grow makes edges of all candidates that are connected to a promoted one.
func (m *edgeMap) grow() {
	n := m.stride
	around := [8]int{-n - 1, -n, -n + 1, -1, 1, n - 1, n, n + 1}
	for len(m.stack) > 0 {
		at := int(m.stack[len(m.stack)-1])
		m.stack = m.stack[:len(m.stack)-1]
		for _, d := range around {
			if m.cells[at+d] == candidate {
				m.promote(at + d)
			}
		}
	}
}
