package jpeg

import (
	"encoding/binary"
	"fmt"
	"image"
)

// FormatError says that the data are not a whole JPEG file.
type FormatError string

// Error says what is wrong, in English.
func (e FormatError) Error() string { return "invalid JPEG: " + string(e) }

// UnsupportedError says that the data are, or may be, a JPEG file of a kind
// that a Decoder leaves to the standard library's: see Decoder.
type UnsupportedError string

// Error says what is not supported, in English.
func (e UnsupportedError) Error() string { return "unsupported JPEG: " + string(e) }

// SizeError says that an image to decode into has not the size of the file's.
type SizeError struct{ File, Image image.Point }

// Error gives both sizes in pixels.
func (e SizeError) Error() string {
	return fmt.Sprintf("JPEG of %v pixels into an image of %v", e.File, e.Image)
}

// Decoder decodes one JPEG file after the other with the same memory: tables,
// and the samples of one row of MCUs (16 lines of the image at most), whatever
// the image's height. It must not be used by two goroutines at a time. The zero
// value is ready.
//
// It decodes sequential files of 8 bits, coded by Huffman tables (SOF0 and
// SOF1), grey or YCbCr, with Cb and Cr whole (4:4:4) or halved across (4:2:2),
// down (4:4:0) or both (4:2:0), in one scan, with or without restart intervals.
// For all others it returns an UnsupportedError: progressive, lossless,
// hierarchical and arithmetic files, CMYK and RGB, other samplings, one scan
// for each component, and files whose faults the standard library tolerates by
// its own rules (codes that overlap, tables that are missing, runs that go
// beyond a block's end or over several blocks).
//
// What is an error and what is not, and every pixel, is as the standard
// library's image/jpeg and image/draw have it: Cb and Cr are repeated, not
// interpolated. So it makes no difference which of both decodes an image.
type Decoder struct {
	data []byte
	pos  int // the next byte, outside of entropy-coded data

	width, height int
	components    []component // of the frame, in its order
	store         [3]component
	interval      int // MCUs between two restart markers, or 0
	sequential    bool
	baseline      bool // SOF0, which has two tables of each class
	jfif          bool
	adobe         int // the transform of Adobe's APP14, or -1

	quant [4][64]int32 // column by column
	// tables are of DC and of AC coefficients.
	tables [2][4]decodeTable

	rows  []byte // backs the components' samples
	coef  [64]int16
	work  idctWork
	plain bool // without vector instructions, for tests
}

// A component of the frame.
type component struct {
	id     uint8
	h, v   int // sampling factors
	quant  uint8
	dc, ac uint8 // its tables in the scan
	last   int32 // the DC coefficient of the block before
	// samples of one row of MCUs: 8*v rows, stride bytes apart.
	samples []byte
	stride  int
}

// columnwise is the place in a block, column by column, of each coefficient in
// the order in which a file has them. Behind the 64 it has room for the longest
// run that begins inside of a block.
var columnwise = func() (t [128]uint8) {
	for i, z := range zigzag {
		t[i] = z%8*8 + z/8
	}
	return t
}()

// Decode decodes data to all of dst, with alpha 255. The size of dst must be
// the one in the file's header: if it is not, the error is a SizeError. An
// UnsupportedError or a FormatError may come after some of dst has been
// written.
func (d *Decoder) Decode(dst *image.NRGBA, data []byte) error {
	d.data, d.pos = data, 0
	defer func() { d.data = nil }()
	d.width, d.height, d.components, d.interval = 0, 0, nil, 0
	d.sequential, d.baseline, d.jfif, d.adobe = false, false, false, -1
	d.quant = [4][64]int32{}
	for class := range d.tables {
		for i := range d.tables[class] {
			d.tables[class][i].codes = 0
		}
	}
	return d.segments(dst)
}

// segments reads marker after marker up to the end of the image.
func (d *Decoder) segments(dst *image.NRGBA) error {
	if soi, err := d.take(2); err != nil {
		return err
	} else if soi[0] != 0xff || soi[1] != 0xd8 {
		return FormatError("does not begin as one")
	}
	scanned := false
	for {
		marker, err := d.marker()
		if err != nil {
			return err
		}
		if marker == 0xd9 { // EOI
			break
		}
		body, err := d.segment()
		if err != nil {
			return err
		}
		switch {
		case marker == 0xc0 || marker == 0xc1: // SOF0, SOF1
			d.baseline = marker == 0xc0
			err = d.frame(body)
		case marker == 0xc4: // DHT
			err = d.huffmanTables(body)
		case marker == 0xdb: // DQT
			err = d.quantTables(body)
		case marker == 0xdd: // DRI
			if len(body) != 2 {
				return FormatError("restart interval of a wrong length")
			}
			d.interval = int(binary.BigEndian.Uint16(body))
		case marker == 0xda: // SOS
			scanned = true
			err = d.scan(dst, body)
		case marker == 0xe0: // APP0
			if len(body) >= 5 {
				d.jfif = string(body[:5]) == "JFIF\x00"
			}
		case marker == 0xee: // APP14
			if len(body) >= 12 && string(body[:5]) == "Adobe" {
				d.adobe = int(body[11])
			}
		case marker >= 0xe0 && marker <= 0xef, marker == 0xfe: // APPn, COM
		case marker < 0xc0:
			return FormatError("unknown marker")
		default:
			return UnsupportedError(fmt.Sprintf("marker %#x", marker))
		}
		if err != nil {
			return err
		}
	}
	if !scanned {
		return FormatError("has no scan")
	}
	if d.rgb() { // an APPn may stand behind the scan
		return UnsupportedError("RGB")
	}
	return nil
}

// rgb reports whether three components are not YCbCr but RGB, which depends on
// what APPn segments there are.
func (d *Decoder) rgb() bool {
	if len(d.components) != 3 || d.jfif {
		return false
	}
	return d.adobe == 0 ||
		d.components[0].id == 'R' && d.components[1].id == 'G' && d.components[2].id == 'B'
}

// take returns the next n bytes.
func (d *Decoder) take(n int) ([]byte, error) {
	if len(d.data)-d.pos < n {
		return nil, FormatError("ends too soon")
	}
	b := d.data[d.pos : d.pos+n]
	d.pos += n
	return b, nil
}

// marker goes to the next marker that begins a segment or ends the image. What
// else may be before it is skipped: single bytes, the zeros of entropy-coded
// data, restart markers, and any number of 255 as filling.
func (d *Decoder) marker() (uint8, error) {
	for {
		b, err := d.take(2)
		for err == nil && b[0] != 0xff {
			d.pos--
			b, err = d.take(2)
		}
		if err != nil {
			return 0, err
		}
		m := b[1]
		if m == 0 {
			continue
		}
		for m == 0xff {
			if b, err = d.take(1); err != nil {
				return 0, err
			}
			m = b[0]
		}
		if m < 0xd0 || m > 0xd7 {
			return m, nil
		}
	}
}

// segment returns what follows a marker and its length.
func (d *Decoder) segment() ([]byte, error) {
	b, err := d.take(2)
	if err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint16(b)) - 2
	if n < 0 {
		return nil, FormatError("segment of a wrong length")
	}
	return d.take(n)
}

// frame reads SOF0 and SOF1 (T.81, B.2.2).
func (d *Decoder) frame(b []byte) error {
	if d.components != nil {
		return FormatError("has two frames")
	}
	if len(b) != 6+3*1 && len(b) != 6+3*3 {
		return UnsupportedError("number of components")
	}
	if b[0] != 8 {
		return UnsupportedError("not of 8 bits")
	}
	d.height = int(binary.BigEndian.Uint16(b[1:]))
	d.width = int(binary.BigEndian.Uint16(b[3:]))
	n := int(b[5])
	if len(b) != 6+3*n {
		return FormatError("frame of a wrong length")
	}
	if d.width == 0 || d.height == 0 {
		return UnsupportedError("size not in the header")
	}
	for i := range n {
		in := b[6+3*i:]
		c := component{id: in[0], h: int(in[1] >> 4), v: int(in[1] & 15), quant: in[2]}
		for j := range i {
			if d.store[j].id == c.id {
				return FormatError("two components of one name")
			}
		}
		if c.quant > 3 {
			return FormatError("quantization table above 3")
		}
		if c.h < 1 || c.h > 4 || c.v < 1 || c.v > 4 {
			return FormatError("sampling factor not of 1 to 4")
		}
		if n == 1 {
			c.h, c.v = 1, 1 // whatever it says (T.81, A.2.2)
		}
		// Others may be right: the standard library says.
		if i == 0 && (c.h > 2 || c.v > 2) || i > 0 && (c.h != 1 || c.v != 1) {
			return UnsupportedError("sampling")
		}
		c.samples = d.store[i].samples
		d.store[i] = c
	}
	d.components = d.store[:n]
	return nil
}

// quantTables reads a DQT (T.81, B.2.4.1).
func (d *Decoder) quantTables(b []byte) error {
	for len(b) > 0 {
		wide, to := b[0]>>4, b[0]&15
		if to > 3 || wide > 1 {
			return FormatError("quantization table above 3, or of a wrong width")
		}
		size := 1 + 64<<wide
		if len(b) == 1 {
			break // a table's name and no table: the standard library lets it be
		}
		if len(b) < size {
			return FormatError("quantization table of a wrong length")
		}
		for i := range 64 {
			v := int32(b[1+i<<wide])
			if wide == 1 {
				v = v<<8 | int32(b[2+2*i])
			}
			d.quant[to][columnwise[i]] = v
		}
		b = b[size:]
	}
	return nil
}

// huffmanTables reads a DHT (T.81, B.2.4.2).
func (d *Decoder) huffmanTables(b []byte) error {
	for len(b) > 0 {
		if len(b) < 17 {
			return FormatError("Huffman table of a wrong length")
		}
		class, to := b[0]>>4, b[0]&15
		if class > 1 || to > 3 || d.baseline && to > 1 {
			return FormatError("Huffman table above 1, or above 3 if not baseline")
		}
		counts := (*[16]uint8)(b[1:])
		n := 0
		for _, c := range counts {
			n += int(c)
		}
		if n == 0 || n > 256 || len(b) < 17+n {
			return FormatError("Huffman table of a wrong length")
		}
		if !d.tables[class][to].define(counts, b[17:17+n], class == 1) {
			return UnsupportedError("Huffman codes that overlap")
		}
		b = b[17+n:]
	}
	return nil
}
