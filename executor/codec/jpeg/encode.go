package jpeg

import (
	"encoding/binary"
	"fmt"
	"image"
)

// Encoder encodes one image after the other into the same memory, of which it
// has a few kilobytes, whatever the size of the image. It must not be used by
// two goroutines at a time. The zero value is ready.
type Encoder struct {
	// Yield, if not nil, is called before each row of MCUs.
	Yield func()

	// plain leaves the processor's vector instructions out.
	plain bool

	quality int // of the tables below
	tables  [2][64]uint8
	steps   [2]quantiser
	bits    bitWriter
	samples mcu
	edge    [16 * 64]byte // pixels of an MCU that goes over the edge
}

// SidesError is an image's size that a JPEG cannot have: a side of 0 or of more
// than 65535 pixels.
type SidesError image.Point

// Error says what is wrong, in English.
func (e SidesError) Error() string {
	return fmt.Sprintf("a JPEG cannot have %dx%d pixels", e.X, e.Y)
}

// QualityError is a quality that is not from 1 to 100.
type QualityError int

// Error says what is wrong, in English.
func (e QualityError) Error() string {
	return fmt.Sprintf("quality %d is not from 1 to 100", int(e))
}

// MaxSide is the largest width and height of a JPEG in pixels.
const MaxSide = 65535

// Options are how a file is written.
type Options struct {
	Quality int // from 1 to 100
	// Profile is an ICC profile, or nil. One of grey pixels goes only with
	// those, and one of colours makes grey pixels be written as colours.
	Profile       []byte
	ProfileIsGrey bool
}

// Encode appends a whole file to dst: baseline, with the tables of T.81, annex
// K, scaled by a quality of 1 to 100 as libjpeg scales them. Where every pixel
// is grey it has one component, and otherwise Y, Cb and Cr, the latter two of
// half the size each way, as means of 2x2 pixels. Alpha is not looked at: the
// colour of a transparent pixel is written as it is. The error is a SidesError or
// a QualityError.
func (e *Encoder) Encode(dst []byte, src *image.NRGBA, o Options) ([]byte, error) {
	quality, profile := o.Quality, o.Profile
	size := src.Rect.Size()
	if size.X < 1 || size.Y < 1 || size.X > MaxSide || size.Y > MaxSide {
		return nil, SidesError(size)
	}
	if quality < 1 || quality > 100 {
		return nil, QualityError(quality)
	}
	if quality != e.quality {
		e.quality = quality
		for i := range e.tables {
			e.tables[i] = scaledTable(&standardQuantisation[i], quality)
			e.steps[i] = newQuantiser(&e.tables[i])
		}
	}
	k := vectorKernels()
	if e.plain {
		k = plainKernels()
	}
	e.bits.begin()
	coloured := len(profile) > 0 && !o.ProfileIsGrey
	if !coloured && isGrey(src) {
		dst = e.appendHeader(dst, size, 1, profile)
		dst = e.appendGrey(dst, src, k)
	} else {
		if !coloured {
			profile = nil
		}
		dst = e.appendHeader(dst, size, 3, profile)
		dst = e.appendColour(dst, src, k)
	}
	dst = e.bits.end(dst)
	return append(dst, 0xff, endOfImage), nil
}

// scaledTable returns a standard table for a quality, as libjpeg's
// jpeg_set_quality does it: 50 leaves it as it is, 100 makes every step 1.
func scaledTable(standard *[64]uint8, quality int) (t [64]uint8) {
	percent := 200 - 2*quality
	if quality < 50 {
		percent = 5000 / quality
	}
	for i, step := range standard {
		t[i] = uint8(min(max((int(step)*percent+50)/100, 1), 255))
	}
	return t
}

// kernels are the parts of the work that are done to many samples at once.
type kernels struct {
	// ycc is yccPlain or does the same.
	ycc func(m *mcu, pix []byte, stride int)
	// transform is transformPlain or does the same.
	transform func(p *pair, q *quantiser) (masks [2]uint64)
}

func plainKernels() kernels { return kernels{yccPlain, transformPlain} }

func (e *Encoder) yield() {
	if e.Yield != nil {
		e.Yield()
	}
}

// appendColour appends the entropy-coded data of Y, Cb and Cr.
func (e *Encoder) appendColour(dst []byte, src *image.NRGBA, k kernels) []byte {
	var y, cb, cr int32 // the last DC coefficients
	size := src.Rect.Size()
	m := &e.samples
	for top := 0; top < size.Y; top += 16 {
		e.yield()
		for left := 0; left < size.X; left += 16 {
			pix, stride := e.window(src, left, top, 16)
			k.ycc(m, pix, stride)
			for _, p := range [2]*pair{&m.upper, &m.lower} {
				masks := k.transform(p, &e.steps[0])
				for b := range 2 {
					dst, y = e.appendBlock(dst, p, b, masks[b], 0, y)
				}
			}
			masks := k.transform(&m.chroma, &e.steps[1])
			dst, cb = e.appendBlock(dst, &m.chroma, 0, masks[0], 1, cb)
			dst, cr = e.appendBlock(dst, &m.chroma, 1, masks[1], 1, cr)
		}
	}
	return dst
}

// appendGrey appends the entropy-coded data of Y alone.
func (e *Encoder) appendGrey(dst []byte, src *image.NRGBA, k kernels) []byte {
	var y int32
	size := src.Rect.Size()
	p := &e.samples.upper
	for top := 0; top < size.Y; top += 8 {
		e.yield()
		for left := 0; left < size.X; left += 16 {
			pix, stride := e.window(src, left, top, 8)
			grey(p, pix, stride)
			masks := k.transform(p, &e.steps[0])
			dst, y = e.appendBlock(dst, p, 0, masks[0], 0, y)
			if left+8 < size.X {
				dst, y = e.appendBlock(dst, p, 1, masks[1], 0, y)
			}
		}
	}
	return dst
}

// appendBlock writes a block, and appends to dst what has gathered if it is much.
func (e *Encoder) appendBlock(dst []byte, p *pair, b int, mask uint64, table int, last int32) ([]byte, int32) {
	last = e.bits.block(p, b, mask, dcCodes[table], acCodes[table], last)
	if e.bits.at > flushAt {
		dst = e.bits.flush(dst)
	}
	return dst, last
}

// window returns the 16 pixels by so many rows that begin at a place of src. What
// is over the edge is the edge's last pixel again.
func (e *Encoder) window(src *image.NRGBA, left, top, rows int) (pix []byte, stride int) {
	width, height := src.Rect.Dx()-left, src.Rect.Dy()-top
	at := top*src.Stride + 4*left
	if width >= 16 && height >= rows {
		return src.Pix[at:], src.Stride
	}
	n := 4 * min(width, 16)
	for r := range rows {
		row := e.edge[64*r:][:64]
		copy(row, src.Pix[at+min(r, height-1)*src.Stride:][:n])
		for i := n; i < 64; i += 4 {
			copy(row[i:i+4], row[n-4:n])
		}
	}
	return e.edge[:], 64
}

// isGrey reports whether R, G and B are equal in every pixel.
func isGrey(m *image.NRGBA) bool {
	for y := range m.Rect.Dy() {
		if !isGreyRow(m.Pix[y*m.Stride:][:4*m.Rect.Dx()]) {
			return false
		}
	}
	return true
}

// isGreyRow is isGrey of a row of pixels, two at a time.
func isGreyRow(row []byte) bool {
	const redAndGreen = 0x0000ffff_0000ffff
	for ; len(row) >= 8; row = row[8:] {
		x := binary.LittleEndian.Uint64(row)
		if (x^x>>8)&redAndGreen != 0 {
			return false
		}
	}
	return len(row) < 4 || row[0] == row[1] && row[1] == row[2]
}
