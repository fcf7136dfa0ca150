package codec

import (
	"bytes"
	"compress/lzw"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"
)

// gifFile is a GIF up to its first frame (GIF89a). The standard library's
// image/gif refuses frames that leave the canvas, and pixels or data that are
// too many, which all browsers show.
type gifFile struct {
	canvas, frame image.Rectangle
	colours       [256][4]byte // R, G, B, alpha
	interlaced    bool
	wordSize      int
	packed        []byte
}

var errGIF = errors.New("ends before the first frame's pixels")

// readGIF reads what comes before the pixels. Those it only finds.
func readGIF(data []byte) (f gifFile, err error) {
	r := gifReader{data: data}
	head := r.take(13)
	if head == nil {
		return f, errGIF
	}
	f.canvas = image.Rect(0, 0, int(binary.LittleEndian.Uint16(head[6:])), int(binary.LittleEndian.Uint16(head[8:])))
	known := f.table(&r, head[10])
	transparent := -1
	for {
		kind := r.take(1)
		switch {
		case kind == nil:
			return f, errGIF
		case kind[0] == '!':
			label := r.take(1)
			body := r.blocks()
			if label != nil && label[0] == 0xf9 && len(body) >= 4 {
				if transparent = -1; body[0]&1 != 0 {
					transparent = int(body[3])
				}
			}
		case kind[0] == ',':
			d := r.take(9)
			if d == nil {
				return f, errGIF
			}
			at := image.Pt(int(binary.LittleEndian.Uint16(d)), int(binary.LittleEndian.Uint16(d[2:])))
			f.frame = image.Rectangle{at, at.Add(image.Pt(int(binary.LittleEndian.Uint16(d[4:])), int(binary.LittleEndian.Uint16(d[6:]))))}
			f.interlaced = d[8]&0x40 != 0
			if !f.table(&r, d[8]) && !known {
				return f, errors.New("has no colours")
			}
			if transparent >= 0 {
				f.colours[transparent] = [4]byte{}
			}
			size := r.take(1)
			if size == nil {
				return f, errGIF
			}
			if f.wordSize = int(size[0]); f.wordSize < 2 || f.wordSize > 8 {
				return f, fmt.Errorf("code size of %d bits", f.wordSize)
			}
			f.packed = data[r.pos:]
			return f, nil
		case kind[0] == 0: // what another encoder leaves behind its blocks
		default:
			return f, fmt.Errorf("block of kind %#x", kind[0])
		}
	}
}

// table reads a table of colours, if flags say that there is one. What is beyond
// its end is black.
func (f *gifFile) table(r *gifReader, flags byte) bool {
	if flags&0x80 == 0 {
		return false
	}
	n := 2 << (flags & 7)
	in := r.take(3 * n)
	for i := range f.colours {
		f.colours[i] = [4]byte{3: 255}
		if 3*i+3 <= len(in) {
			copy(f.colours[i][:], in[3*i:3*i+3])
		}
	}
	return in != nil
}

// gifReader goes through the bytes.
type gifReader struct {
	data []byte
	pos  int
}

// take returns the next n bytes, or nil.
func (r *gifReader) take(n int) []byte {
	if len(r.data)-r.pos < n {
		r.pos = len(r.data)
		return nil
	}
	r.pos += n
	return r.data[r.pos-n : r.pos]
}

// blocks puts blocks together up to the empty one, or as far as they go.
func (r *gifReader) blocks() (all []byte) {
	for {
		n := r.take(1)
		if n == nil || n[0] == 0 {
			return all
		}
		all = append(all, r.take(min(int(n[0]), len(r.data)-r.pos))...)
	}
}

// decodeGIF writes the first frame to dst, whose size is the canvas's, as far as
// it lies there. What comes behind its last pixel is not looked at.
func decodeGIF(dst *image.NRGBA, data []byte) error {
	f, err := readGIF(data)
	if err != nil {
		return err
	}
	if f.frame.Intersect(dst.Rect).Empty() {
		return fmt.Errorf("its frame covers %v", f.frame)
	}
	if err := checkSize(GIF, f.frame.Dx(), f.frame.Dy()); err != nil {
		return err
	}
	if !dst.Rect.In(f.frame) {
		clear(dst.Pix)
	}
	blocks := gifReader{data: f.packed}
	pixels := lzw.NewReader(bytes.NewReader(blocks.blocks()), lzw.LSB, f.wordSize)
	defer pixels.Close()
	row := make([]byte, f.frame.Dx())
	passes := [][2]int{{0, 1}}
	if f.interlaced {
		passes = [][2]int{{0, 8}, {4, 8}, {2, 4}, {1, 2}}
	}
	for _, pass := range passes {
		for y := pass[0]; y < f.frame.Dy(); y += pass[1] {
			if _, err := io.ReadFull(pixels, row); err != nil {
				return fmt.Errorf("row %d of the frame: %w", y, err)
			}
			in := image.Rect(f.frame.Min.X, f.frame.Min.Y+y, f.frame.Max.X, f.frame.Min.Y+y+1).Intersect(dst.Rect)
			if in.Empty() {
				continue
			}
			out := dst.Pix[dst.PixOffset(in.Min.X, in.Min.Y):]
			for i, p := range row[in.Min.X-f.frame.Min.X:][:in.Dx()] {
				*(*[4]byte)(out[4*i:]) = f.colours[p]
			}
		}
	}
	return nil
}
