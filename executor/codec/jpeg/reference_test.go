package jpeg

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"math"
	"runtime/debug"
)

// slowDecode is the decoder that is obviously right: T.81 word for word, bit by
// bit, everything in memory, with libjpeg's rules for what is missing. It takes
// only files whose samples are all there.
func slowDecode(data []byte) (m *image.NRGBA, err error) {
	s := slow{adobe: -1}
	defer func() {
		if r := recover(); r != nil {
			m, err = nil, fmt.Errorf("slow: %v %s", r, debug.Stack())
		}
	}()
	s.segments(data[2:])
	return s.pixels(), nil
}

type slow struct {
	marker        byte
	width, height int
	hMax, vMax    int
	components    []slowComponent
	quant         [4]*[64]int32
	huffman       [2][4]map[slowCode]byte
	interval      int
	jfif          bool
	adobe         int
	scanned       bool
}

type slowCode struct{ length, code int }

type slowComponent struct {
	id, h, v, tq int
	across, down int
	blocks       [][64]int // in the file's order
	quant        *[64]int32
}

// segments reads until the end of the file or of the data.
func (s *slow) segments(data []byte) {
	for {
		i := 0
		for ; i+1 < len(data); i++ {
			if data[i] == 0xff && data[i+1] != 0 && data[i+1] != 0xff && (data[i+1] < 0xd0 || data[i+1] > 0xd7) {
				break
			}
		}
		if i+4 > len(data) || data[i+1] == 0xd9 {
			return
		}
		marker, n := data[i+1], int(binary.BigEndian.Uint16(data[i+2:]))
		if i+2+n > len(data) && s.scanned {
			return
		}
		body := data[i+4 : i+2+n]
		data = data[i+2+n:]
		switch {
		case marker == 0xda:
			s.scan(body, data)
			s.scanned = true
			if s.marker != 0xc2 && int(body[0]) == len(s.components) {
				return // libjpeg reads no further
			}
		case marker == 0xdc && s.height == 0:
			panic("slow: tell it the height")
		default:
			s.segment(marker, body)
		}
	}
}

func (s *slow) segment(marker byte, body []byte) {
	switch {
	case marker == 0xe0 && len(body) >= 14 && string(body[:5]) == "JFIF\x00":
		s.jfif = s.jfif || !s.scanned
	case marker == 0xee && len(body) >= 12 && string(body[:5]) == "Adobe" && !s.scanned:
		s.adobe = int(body[11])
	case marker == 0xdd:
		s.interval = int(binary.BigEndian.Uint16(body))
	case marker == 0xdb:
		for len(body) > 0 {
			t, wide := new([64]int32), int(body[0]>>4)
			s.quant[body[0]&15] = t
			body = body[1:]
			for i := range t {
				if wide == 1 {
					t[i] = int32(binary.BigEndian.Uint16(body))
				} else {
					t[i] = int32(body[0])
				}
				body = body[1+wide:]
			}
		}
	case marker == 0xc4:
		for len(body) > 0 {
			s.huffman[body[0]>>4][body[0]&15] = slowTable(body[1:17], body[17:])
			n := 0
			for _, c := range body[1:17] {
				n += int(c)
			}
			body = body[17+n:]
		}
	case marker >= 0xc0 && marker <= 0xc2:
		s.marker = marker
		s.height, s.width = int(binary.BigEndian.Uint16(body[1:])), int(binary.BigEndian.Uint16(body[3:]))
		for i := range int(body[5]) {
			c := body[6+3*i:]
			s.components = append(s.components, slowComponent{id: int(c[0]), h: int(c[1] >> 4), v: int(c[1] & 15), tq: int(c[2])})
			s.hMax, s.vMax = max(s.hMax, int(c[1]>>4)), max(s.vMax, int(c[1]&15))
		}
		for i := range s.components {
			c := &s.components[i]
			c.across = (s.width + 8*s.hMax - 1) / (8 * s.hMax) * c.h
			c.down = (s.height + 8*s.vMax - 1) / (8 * s.vMax) * c.v
			c.blocks = make([][64]int, c.across*c.down)
		}
	}
}

func slowTable(counts, symbols []byte) map[slowCode]byte {
	t := map[slowCode]byte{}
	code, at := 0, 0
	for length := 1; length <= 16; length++ {
		for range counts[length-1] {
			t[slowCode{length, code}] = symbols[at]
			code, at = code+1, at+1
		}
		code <<= 1
	}
	return t
}

// slowInterval is an interval between two restart markers, without stuffing.
type slowInterval struct {
	data []byte
	at   int
	end  int // blocks whose band is over
	last [4]int
}

func (b *slowInterval) bits(n int) (v int) {
	for range n {
		v = v<<1 | int(b.data[b.at/8]>>(7-b.at%8)&1)
		b.at++
	}
	return v
}

func (b *slowInterval) signed(n int) int {
	v := b.bits(n)
	if n > 0 && v < 1<<(n-1) {
		v += -1<<n + 1
	}
	return v
}

func (b *slowInterval) symbol(t map[slowCode]byte) int {
	for c := (slowCode{1, b.bits(1)}); c.length <= 16; c = (slowCode{c.length + 1, c.code<<1 | b.bits(1)}) {
		if v, ok := t[c]; ok {
			return int(v)
		}
	}
	panic("slow: no code")
}

func (s *slow) table(class, i int) map[slowCode]byte {
	if s.huffman[class][i] == nil && i < 2 {
		spec := standardHuffman[class][i]
		s.huffman[class][i] = slowTable(spec.counts[:], spec.symbols)
	}
	return s.huffman[class][i]
}

// scan decodes a scan, whose data begin where data do.
func (s *slow) scan(head, data []byte) {
	// Intervals end with a restart marker, whichever.
	intervals := []*slowInterval{{}}
	for i := 0; i < len(data); i++ {
		in := intervals[len(intervals)-1]
		if data[i] != 0xff {
			in.data = append(in.data, data[i])
			continue
		}
		for i+1 < len(data) && data[i+1] == 0xff {
			i++
		}
		if i+1 == len(data) || data[i+1] != 0 && (data[i+1] < 0xd0 || data[i+1] > 0xd7) {
			break
		}
		if i++; data[i] == 0 {
			in.data = append(in.data, 0xff)
		} else {
			intervals = append(intervals, &slowInterval{})
		}
	}
	type part struct {
		c      *slowComponent
		dc, ac int
	}
	var parts []part
	for i := range int(head[0]) {
		for j := range s.components {
			if c := &s.components[j]; c.id == int(head[1+2*i]) {
				parts = append(parts, part{c, int(head[2+2*i] >> 4), int(head[2+2*i] & 15)})
				if c.quant == nil {
					c.quant = s.quant[c.tq]
				}
			}
		}
	}
	band := head[len(head)-3:]
	across, down := (s.width+8*s.hMax-1)/(8*s.hMax), (s.height+8*s.vMax-1)/(8*s.vMax)
	alone := len(parts) == 1
	if alone {
		c := parts[0].c
		across = ((s.width*c.h+s.hMax-1)/s.hMax + 7) / 8
		down = ((s.height*c.v+s.vMax-1)/s.vMax + 7) / 8
	}
	for n := range across * down {
		in := intervals[0]
		if s.interval > 0 {
			in = intervals[n/s.interval]
		}
		for i, p := range parts {
			h, v := p.c.h, p.c.v
			if alone {
				h, v = 1, 1
			}
			for b := range h * v {
				at := (n/across*v+b/h)*p.c.across + n%across*h + b%h
				s.block(in, &p.c.blocks[at], &in.last[i], p.dc, p.ac, band)
			}
		}
	}
}

// block decodes one block of a scan.
func (s *slow) block(in *slowInterval, b *[64]int, last *int, dc, ac int, band []byte) {
	first, end, high, low := 0, 63, 0, 0
	if s.marker == 0xc2 {
		first, end, high, low = int(band[0]), int(band[1]), int(band[2]>>4), int(band[2]&15)
	}
	k := first
	if k == 0 {
		if high > 0 {
			b[0] |= in.bits(1) << low
		} else {
			*last += in.signed(in.symbol(s.table(0, dc)))
			b[0] = *last << low
		}
		k++
	}
	refine := func(k int) {
		if in.bits(1) == 1 {
			if b[k] > 0 {
				b[k] += 1 << low
			} else {
				b[k] -= 1 << low
			}
		}
	}
	for ; k <= end && in.end == 0; k++ {
		symbol := in.symbol(s.table(1, ac))
		run, size := symbol>>4, symbol&15
		if size == 0 && run < 15 {
			in.end = 1
			if s.marker == 0xc2 {
				in.end = 1<<run + in.bits(run)
			}
			break
		}
		v := in.signed(size) << low
		if high == 0 {
			k += run
		} else {
			for ; k <= end && (b[k] != 0 || run > 0); k++ {
				if b[k] != 0 {
					refine(k)
				} else {
					run--
				}
			}
		}
		if size > 0 {
			b[k] = v
		}
	}
	if in.end > 0 {
		for ; k <= end && high > 0; k++ {
			if b[k] != 0 {
				refine(k)
			}
		}
		in.end--
	}
}

// pixels converts everything at the end, a pixel at a time.
func (s *slow) pixels() *image.NRGBA {
	planes := make([][]byte, len(s.components))
	for i, c := range s.components {
		planes[i] = bytes.Repeat([]byte{128}, 64*len(c.blocks))
		if c.quant == nil {
			continue
		}
		for n, b := range c.blocks {
			block := slowIDCT(&b, c.quant)
			for k, v := range block {
				planes[i][(n/c.across*8+k/8)*8*c.across+n%c.across*8+k%8] = v
			}
		}
	}
	out := image.NewNRGBA(image.Rect(0, 0, s.width, s.height))
	for y := range s.height {
		for x := range s.width {
			var v [4]uint8
			for i := range s.components {
				v[i] = s.sampleAt(&s.components[i], planes[i], x, y)
			}
			out.SetNRGBA(x, y, s.colour(v))
		}
	}
	return out
}

// slowMatrix is the one-dimensional inverse DCT times the square root of 8, in
// 1/8192, by sample and frequency: what libjpeg's factors add up to. The other
// four samples have the opposite odd frequencies.
var slowMatrix = [4][8]int32{
	{8192, 11363, 10703, 9633, 8192, 6437, 4433, 2260},
	{8192, 9633, 4433, -2259, -8192, -11362, -10704, -6436},
	{8192, 6437, -4433, -11362, -8192, 2261, 10704, 9633},
	{8192, 2260, -10703, -6436, 8192, 9633, -4433, -11363},
}

func slowLine(in [8]int32) (out [8]int32) {
	for u, v := range in {
		for x := range 4 {
			out[x] += slowMatrix[x][u] * v
			out[7-x] += slowMatrix[x][u] * v * (1 - 2*int32(u%2))
		}
	}
	return out
}

// slowIDCT is libjpeg's, by matrix: columns with two bits after the point, then
// rows. The block is in the file's order.
func slowIDCT(block *[64]int, quant *[64]int32) (out [64]byte) {
	var in, columns [64]int32
	for k, v := range block {
		in[zigzag[k]] = int32(int16(v) * int16(quant[k]))
	}
	for x := range 8 {
		for y, v := range slowLine([8]int32{in[x], in[8+x], in[16+x], in[24+x], in[32+x], in[40+x], in[48+x], in[56+x]}) {
			columns[8*y+x] = max(-32768, min(32767, (v+1<<10)>>11))
		}
	}
	for y := range 8 {
		for x, v := range slowLine([8]int32(columns[8*y:])) {
			out[8*y+x] = uint8(max(0, min(255, (v+1<<17)>>18+128)))
		}
	}
	return out
}

// sampleAt is the sample of a component at a pixel, by libjpeg-turbo's rules.
func (s *slow) sampleAt(c *slowComponent, plane []byte, x, y int) uint8 {
	width, height := (s.width*c.h+s.hMax-1)/s.hMax, (s.height*c.v+s.vMax-1)/s.vMax
	at := func(x, y int) int {
		return int(plane[max(0, min(y, height-1))*8*c.across+max(0, min(x, width-1))])
	}
	across, down := 2*c.h == s.hMax && width > 2, 2*c.v == s.vMax
	nearX, nearY, nextX, nextY := x/2, y/2, x/2-1+x%2*2, y/2-1+y%2*2
	switch {
	case across && down:
		return uint8((9*at(nearX, nearY) + 3*at(nextX, nearY) + 3*at(nearX, nextY) + at(nextX, nextY) + 8 - x%2) / 16)
	case across && c.v == s.vMax:
		return uint8((3*at(nearX, y) + at(nextX, y) + 1 + x%2) / 4)
	case c.h == s.hMax && down:
		return uint8((3*at(x, nearY) + at(x, nextY) + 1 + y%2) / 4)
	}
	return plane[y*c.v/s.vMax*8*c.across+x*c.h/s.hMax]
}

// slowRGB is JFIF's conversion with factors of 16 bits after the point.
func slowRGB(y, cb, cr uint8) [4]uint8 {
	fix := func(factor float64, v uint8) int { return int(math.Round(factor*65536)) * (int(v) - 128) }
	rounded := func(v int) uint8 { return uint8(max(0, min(255, int(y)+(v+1<<15)>>16))) }
	return [4]uint8{rounded(fix(1.402, cr)), rounded(-fix(0.34414, cb) - fix(0.71414, cr)), rounded(fix(1.772, cb)), 255}
}

func (s *slow) colour(v [4]uint8) color.NRGBA {
	names := ""
	for _, c := range s.components {
		names += string(rune(c.id))
	}
	ycc := slowRGB(v[0], v[1], v[2])
	// ink is what is left of light through black by another ink, as Pillow
	// rounds it.
	ink := func(other uint8) uint8 { return v[3] - uint8((int(other)*int(v[3])*2+255)/510) }
	switch n := len(s.components); {
	case n == 1:
		return color.NRGBA{v[0], v[0], v[0], 255}
	case n == 4 && s.adobe <= 0:
		return color.NRGBA{ink(255 - v[0]), ink(255 - v[1]), ink(255 - v[2]), 255}
	case n == 4:
		return color.NRGBA{ink(ycc[0]), ink(ycc[1]), ink(ycc[2]), 255}
	case s.jfif || s.adobe > 0 || s.adobe < 0 && names != "RGB":
		return color.NRGBA{ycc[0], ycc[1], ycc[2], 255}
	}
	return color.NRGBA{v[0], v[1], v[2], 255}
}
