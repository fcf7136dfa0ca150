package jpeg

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// recipe is a file that builds itself: what kinds of JPEG there are, and what
// cameras, webcams and programs do to them.
type recipe struct {
	width, height int
	sampling      []string // "21": 2 across, 1 down, for each component
	scans         [][]int  // the components of each; nil: one scan of all
	progressive   bool     // in scans of bands and bits
	interval      int
	number        func(i int) int // the number of the i-th restart marker, if not i

	names       string // of the components; "" is 1, 2, 3, 4
	jfif        bool
	adobe       int    // the transform, or -1
	noTables    bool   // without Huffman tables
	table       int    // which Huffman tables are used
	sixteen     bool   // quantization tables of 16 bits
	before      []byte // behind the SOI
	stray       []byte // in front of the frame, in front of the scan
	linesBehind bool   // the height stands in a DNL only
	lines       bool   // a DNL beside the height
	fill        bool   // 255 in front of every marker
	tail        []byte
	noEnd       bool
	quality     int // what the quantization steps are, of 1 up
}

// wave is a smooth picture: a sample of a component at a place from 0 to 1.
func wave(component int, x, y float64) float64 {
	switch component {
	case 0:
		return 128 + 90*math.Sin(9*x+2*y)*math.Cos(3*y)
	case 1:
		return 128 + 60*math.Cos(5*y+x)
	case 2:
		return 128 + 55*math.Sin(4*x-3*y)
	}
	return 170 + 60*math.Cos(6*x*y)
}

// builtComponent are quantized coefficients, in the file's order.
type builtComponent struct {
	h, v, across, down int
	alone              [2]int
	blocks             [][64]int
}

func (r *recipe) components() (out []builtComponent, across, down int) {
	hMax, vMax := 1, 1
	for _, s := range r.sampling {
		hMax, vMax = max(hMax, int(s[0]-'0')), max(vMax, int(s[1]-'0'))
	}
	across, down = (r.width+8*hMax-1)/(8*hMax), (r.height+8*vMax-1)/(8*vMax)
	for i, s := range r.sampling {
		c := builtComponent{h: int(s[0] - '0'), v: int(s[1] - '0')}
		if len(r.sampling) == 1 {
			across, down = (r.width+7)/8, (r.height+7)/8
			c.across, c.down = across, down
		} else {
			c.across, c.down = across*c.h, down*c.v
		}
		c.alone = [2]int{((r.width*c.h+hMax-1)/hMax + 7) / 8, ((r.height*c.v+vMax-1)/vMax + 7) / 8}
		for b := range c.across * c.down {
			var samples [64]float64
			for k := range samples {
				x := float64(b%c.across*8+k%8) + 0.5
				y := float64(b/c.across*8+k/8) + 0.5
				v := wave(i, x/float64(c.h)*float64(hMax)/float64(r.width), y/float64(c.v)*float64(vMax)/float64(r.height))
				samples[k] = math.Round(max(0, min(255, v))) - 128
			}
			c.blocks = append(c.blocks, r.transform(&samples))
		}
		out = append(out, c)
	}
	return out, across, down
}

var cosines = func() (t [8][8]float64) {
	for u := range t {
		for x := range t[u] {
			t[u][x] = math.Cos(float64((2*x+1)*u)*math.Pi/16) / 2
			if u == 0 {
				t[u][x] = math.Sqrt(1.0 / 8)
			}
		}
	}
	return t
}()

// transform is the DCT as T.81, A.3.3 has it, quantized.
func (r *recipe) transform(samples *[64]float64) (out [64]int) {
	var rows [64]float64
	for y := range 8 {
		for u := range 8 {
			for x := range 8 {
				rows[8*y+u] += cosines[u][x] * samples[8*y+x]
			}
		}
	}
	for k, z := range zigzag {
		sum := 0.0
		for y := range 8 {
			sum += cosines[z/8][y] * rows[8*y+int(z%8)]
		}
		out[k] = int(math.Round(sum / float64(r.quality)))
	}
	return out
}

// builtBits are entropy-coded data.
type builtBits struct {
	out []byte
	acc uint32
	n   int
}

func (b *builtBits) put(v, n int) {
	for i := n - 1; i >= 0; i-- {
		b.acc = b.acc<<1 | uint32(v>>i&1)
		if b.n++; b.n == 8 {
			b.out = append(b.out, byte(b.acc))
			if byte(b.acc) == 0xff {
				b.out = append(b.out, 0)
			}
			b.acc, b.n = 0, 0
		}
	}
}

func (b *builtBits) flush() {
	for b.n > 0 {
		b.put(1, 1)
	}
}

// codes are those of a table.
type codes map[byte]slowCode

func codesOf(counts, symbols []byte) codes {
	c := codes{}
	for code, symbol := range slowTable(counts, symbols) {
		c[symbol] = code
	}
	return c
}

func (b *builtBits) symbol(c codes, symbol int) {
	code := c[byte(symbol)]
	b.put(code.code, code.length)
}

// number writes a code for the size of v, above a run, and v.
func (b *builtBits) number(c codes, run, v int) {
	size := bits.Len(uint(max(v, -v)))
	b.symbol(c, run<<4|size)
	if v < 0 {
		v += 1<<size - 1
	}
	b.put(v, size)
}

func segmentOf(marker byte, body ...byte) []byte {
	b := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(body)+2))
	return append(b, body...)
}

// builtScan is an SOS with what it holds.
type builtScan struct {
	components             []int
	first, last, high, low int
}

// build makes the file.
func (r *recipe) build() []byte {
	if r.quality == 0 {
		r.quality = 3
	}
	components, across, down := r.components()
	n := len(components)
	names := r.names
	if names == "" {
		names = "\x01\x02\x03\x04"
	}
	var out []byte
	add := func(marker byte, body ...byte) {
		if r.fill {
			out = append(out, 0xff, 0xff)
		}
		out = append(out, segmentOf(marker, body...)...)
	}
	out = append(out, 0xff, 0xd8)
	if r.jfif {
		add(0xe0, []byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")...)
	}
	out = append(out, r.before...)
	if r.adobe >= 0 {
		add(0xee, append([]byte("Adobe\x00\x64\x00\x00\x00\x00"), byte(r.adobe))...)
	}
	quant := []byte{0}
	for range 64 {
		if r.sixteen {
			quant[0] = 0x10
			quant = append(quant, 0)
		}
		quant = append(quant, byte(r.quality))
	}
	add(0xdb, quant...)
	out = append(out, r.stray...)
	marker, height := byte(0xc0), r.height
	if r.progressive {
		marker = 0xc2
	} else if r.sixteen {
		marker = 0xc1
	}
	if r.linesBehind {
		height = 0
	}
	frame := binary.BigEndian.AppendUint16([]byte{8}, uint16(height))
	frame = binary.BigEndian.AppendUint16(frame, uint16(r.width))
	frame = append(frame, byte(n))
	for i, s := range r.sampling {
		frame = append(frame, names[i], (s[0]-'0')<<4|(s[1]-'0'), 0)
	}
	add(marker, frame...)

	// Flat tables have all symbols, those of progressive scans too.
	dcCounts, dcSymbols := make([]byte, 16), make([]byte, 16)
	acCounts, acSymbols := make([]byte, 16), make([]byte, 256)
	dcCounts[4], acCounts[8], acCounts[9] = 16, 255, 1
	for i := range acSymbols {
		acSymbols[i] = byte(i)
		if i < 16 {
			dcSymbols[i] = byte(i)
		}
	}
	if r.noTables {
		dcCounts, dcSymbols = standardHuffman[0][0].counts[:], standardHuffman[0][0].symbols
		acCounts, acSymbols = standardHuffman[1][0].counts[:], standardHuffman[1][0].symbols
	} else {
		add(0xc4, append(append([]byte{byte(r.table)}, dcCounts...), dcSymbols...)...)
		add(0xc4, append(append([]byte{byte(0x10 | r.table)}, acCounts...), acSymbols...)...)
	}
	dc, ac := codesOf(dcCounts, dcSymbols), codesOf(acCounts, acSymbols)
	if r.interval > 0 {
		add(0xdd, byte(r.interval>>8), byte(r.interval))
	}
	out = append(out, r.stray...)
	for i, scan := range r.script(n) {
		head := []byte{byte(len(scan.components))}
		for _, c := range scan.components {
			head = append(head, names[c], byte(r.table*0x11))
		}
		add(0xda, append(head, byte(scan.first), byte(scan.last), byte(scan.high<<4|scan.low))...)
		out = append(out, r.entropy(scan, components, across, down, dc, ac)...)
		if i == 0 && (r.lines || r.linesBehind) {
			add(0xdc, byte(r.height>>8), byte(r.height))
		}
	}
	if !r.noEnd {
		out = append(out, 0xff, 0xd9)
	}
	return append(out, r.tail...)
}

// script says what is in which scan.
func (r *recipe) script(n int) (out []builtScan) {
	groups := r.scans
	if groups == nil {
		all := []int{}
		for i := range n {
			all = append(all, i)
		}
		groups = [][]int{all}
	}
	for _, g := range groups {
		out = append(out, builtScan{g, 0, 63, 0, 0})
	}
	if !r.progressive {
		return out
	}
	for i := range out {
		out[i].last, out[i].low = 0, 1
	}
	bands := [][4]int{{1, 5, 0, 2}, {6, 63, 0, 2}, {1, 63, 2, 1}, {1, 63, 1, 0}}
	for _, b := range bands {
		for c := range n {
			out = append(out, builtScan{[]int{c}, b[0], b[1], b[2], b[3]})
		}
	}
	for _, g := range groups {
		out = append(out, builtScan{g, 0, 0, 1, 0})
	}
	return out
}

// entropy codes a scan.
func (r *recipe) entropy(scan builtScan, components []builtComponent, across, down int, dc, ac codes) []byte {
	var b builtBits
	alone := len(scan.components) == 1
	if alone {
		c := components[scan.components[0]]
		across, down = c.alone[0], c.alone[1]
	}
	var last [4]int
	run := 0 // blocks of nothing but zeros, not written yet
	end := func() {
		if run > 0 {
			size := bits.Len(uint(run)) - 1
			b.symbol(ac, size<<4)
			b.put(run-1<<size, size)
			run = 0
		}
	}
	restarts := 0
	for n := range across * down {
		if r.interval > 0 && n > 0 && n%r.interval == 0 {
			end()
			b.flush()
			number := restarts
			if r.number != nil {
				number = r.number(restarts)
			}
			b.out = append(b.out, 0xff, 0xd0|byte(number&7))
			restarts++
			last = [4]int{}
		}
		for _, i := range scan.components {
			c := components[i]
			h, v := c.h, c.v
			if alone || len(components) == 1 {
				h, v = 1, 1
			}
			for k := range h * v {
				block := &c.blocks[(n/across*v+k/h)*c.across+n%across*h+k%h]
				if scan.first == 0 {
					if scan.high > 0 {
						b.put(block[0]>>scan.low&1, 1)
					} else {
						b.number(dc, 0, block[0]>>scan.low-last[i])
						last[i] = block[0] >> scan.low
					}
				}
				switch {
				case scan.last == 0:
				case scan.high > 0:
					b.refine(block, scan, ac)
				case r.progressive:
					if run += b.band(block, scan, ac, end); run == 0x7fff {
						end()
					}
				default:
					if b.band(block, scan, ac, func() {}) > 0 {
						b.symbol(ac, 0)
					}
				}
			}
		}
	}
	end()
	b.flush()
	return b.out
}

// shifted divides as progressive files do: towards 0.
func shifted(v, low int) int {
	if v < 0 {
		return -(-v >> low)
	}
	return v >> low
}

// band writes what is not 0 of a band, after begin, and returns 1 if the band's
// end is 0.
func (b *builtBits) band(block *[64]int, scan builtScan, ac codes, begin func()) int {
	run := 0
	for k := max(1, scan.first); k <= scan.last; k++ {
		v := shifted(block[k], scan.low)
		if v == 0 {
			run++
			continue
		}
		begin()
		for ; run > 15; run -= 16 {
			b.symbol(ac, 0xf0)
		}
		b.number(ac, run, v)
		run = 0
	}
	if run > 0 {
		return 1
	}
	return 0
}

// refine writes one more bit of a band (T.81, G.1.2.3), and its end for this
// block alone.
func (b *builtBits) refine(block *[64]int, scan builtScan, ac codes) {
	final := scan.first - 1 // the last coefficient that is new
	for k := scan.first; k <= scan.last; k++ {
		if v := shifted(block[k], scan.low); v == 1 || v == -1 {
			final = k
		}
	}
	run := 0
	var old []int // bits of coefficients that are known, behind the code
	flush := func() {
		for _, v := range old {
			b.put(v, 1)
		}
		old = nil
	}
	for k := scan.first; k <= final; k++ {
		v := shifted(block[k], scan.low)
		switch {
		case v == 0:
			if run++; run == 16 {
				b.symbol(ac, 0xf0)
				flush()
				run = 0
			}
		case v == 1 || v == -1:
			b.symbol(ac, run<<4|1)
			b.put((v+1)/2, 1)
			flush()
			run = 0
		default:
			old = append(old, max(v, -v)&1)
		}
	}
	if final == scan.last {
		return
	}
	b.symbol(ac, 0)
	for k := final + 1; k <= scan.last; k++ {
		if v := shifted(block[k], scan.low); v != 0 {
			old = append(old, max(v, -v)&1)
		}
	}
	flush()
}
