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

// UnsupportedError says that the data are a JPEG file of a kind that is not
// decoded: one of the constants.
type UnsupportedError string

// Error says what is not supported, in English.
func (e UnsupportedError) Error() string { return "unsupported JPEG: " + string(e) }

// SizeError says that an image to decode into has not the size of the file's.
type SizeError struct{ File, Image image.Point }

// Error gives both sizes in pixels.
func (e SizeError) Error() string {
	return fmt.Sprintf("JPEG of %v pixels into an image of %v", e.File, e.Image)
}

// Decoder decodes one JPEG file after the other with the same memory. It must
// not be used by two goroutines at a time. The zero value is ready.
//
// It decodes sequential and progressive files of 8 bits, coded by Huffman tables
// (SOF0, SOF1, SOF2), of one, three or four components of any sampling, in any
// number of scans up to MaxScans, with or without restart intervals. Of a
// sequential file in one scan it keeps one row of MCUs, whatever the image's
// height; of the others it keeps two bytes for each sample until it is done.
//
// An image is what has all its samples. What is damaged behind them, or cut off,
// does not matter; what is missing of them is a FormatError, where libjpeg fills
// it with grey. Between these: a file that has ended properly, and lacks whole
// components or the last bits of a progressive one, is an image.
//
// The pixels are those that Pillow and OpenCV give, to the bit: libjpeg-turbo's
// by default, with its slow integer inverse DCT (idct.go), interpolated Cb and Cr
// (upsample.go) and its conversion to RGB (ycc_rgb.go), and Pillow's from CMYK.
// So are the rules: which colours the components mean (file.space); tables of
// T.81, annex K.3, where a file has none, as webcams send it; a run of zeros
// beyond a block's end. Restart markers are counted and not read: where one is
// due, whichever comes is taken for it. CMYK is inverted, as Adobe's programs
// write it, also where no marker of theirs says so: nobody else writes it. Where
// libjpeg refuses sampling factors that are no whole multiples, samples are
// repeated; what a progressive file lacks is not guessed by smoothing blocks.
type Decoder struct {
	// Yield, if not nil, is called before each row of MCUs, of each scan.
	Yield func()

	file
	interval int // MCUs between two restart markers, or 0

	quant [4][64]int16 // in the order of place, cut to 16 bits
	has   [4]bool      // which of quant are defined
	// tables are of DC and of AC coefficients.
	tables [2][4]decodeTable

	rows  []byte // backs the components' samples
	lines []byte // backs the components' lines
	sums  []uint16
	// spansRows is set where lines are made of samples of two rows of MCUs.
	spansRows bool
	coef      [64]int16
	work      idctWork
	plain     bool // without vector instructions, for tests
	// odd is set where a file holds what image/jpeg and libjpeg understand in
	// different ways, for tests.
	odd bool
}

func (d *Decoder) yield() {
	if d.Yield != nil {
		d.Yield()
	}
}

// places are those of the coefficients in the order in which a file has them.
// Behind the 64 there is room for the longest run that begins inside of a block:
// such a coefficient is the last, as libjpeg has it.
var places = func() (t [128]uint8) {
	for i := range t {
		z := zigzag[min(i, 63)]
		t[i] = place(z/8, z%8)
	}
	return t
}()

// Decode decodes data to all of dst, with alpha 255. The size of dst must be
// the one in the file's header: if it is not, the error is a SizeError. Others are
// those of ReadHeader; a FormatError may come after some of dst has been
// written.
func (d *Decoder) Decode(dst *image.NRGBA, data []byte) error {
	defer func() { d.data = nil }()
	d.interval, d.odd = 0, false
	d.has = [4]bool{}
	for class := range d.tables {
		for i := range d.tables[class] {
			d.tables[class][i].codes = 0
		}
	}
	if err := d.read(data); err != nil {
		return err
	}
	if size, have := image.Pt(d.width, d.height), dst.Rect.Size(); size != have {
		return SizeError{File: size, Image: have}
	}
	return d.segmentsTo(dst)
}

// segmentsTo goes through the segments until the image is whole or the file
// ends.
func (d *Decoder) segmentsTo(dst *image.NRGBA) error {
	scanned := false
	for _, s := range d.segments {
		var err error
		body := d.data[s.at:s.end]
		switch s.marker {
		case huffmanTables:
			err = d.huffmanTables(body)
		case quantisations:
			err = d.quantTables(body)
		case restartInterval:
			if len(body) != 2 {
				err = FormatError("restart interval of a wrong length")
				break
			}
			d.interval = int(binary.BigEndian.Uint16(body))
		case startOfScan:
			order, n, bad := d.order(body)
			if bad != nil {
				return bad
			}
			if err = d.begin(order[:n], body); err != nil {
				return err
			}
			if !scanned && d.streams(n) {
				return d.stream(dst, order[:n], s)
			}
			if !scanned {
				d.keepCoefficients()
			}
			scanned = true
			if err = d.scan(order[:n], s, body[len(body)-3:]); err == nil && d.complete() {
				return d.reconstruct(dst)
			}
		}
		if err != nil {
			return err
		}
	}
	if !d.ended {
		return FormatError("ends too soon")
	}
	return d.reconstruct(dst)
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
			v := uint16(b[1+i<<wide])
			if wide == 1 {
				v = v<<8 | uint16(b[2+2*i])
			}
			d.quant[to][places[i]] = int16(v)
		}
		d.has[to] = true
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
		if class > 1 || to > 3 {
			return FormatError("Huffman table above 3")
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
			return FormatError("Huffman codes that overlap")
		}
		b = b[17+n:]
	}
	return nil
}
