package codec

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"testing"
)

// The tests' images are made here, from code: nothing is read from disk.

// gradient is an opaque image whose pixels all differ from their neighbours.
func gradient(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(7 * x), uint8(11 * y), uint8(3*x + 5*y), 255})
		}
	}
	return m
}

func encodePNG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func encodeJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// palette has transparent, red, green and half transparent blue.
var palette = color.Palette{
	color.NRGBA{}, color.NRGBA{255, 0, 0, 255}, color.NRGBA{0, 255, 0, 255}, color.NRGBA{0, 0, 200, 128},
}

// paletted is an image of the four colours in turn. A GIF has no half
// transparency, so n says how many of them to use.
func paletted(r image.Rectangle, n int) *image.Paletted {
	m := image.NewPaletted(r, palette[:n])
	for i := range m.Pix {
		m.Pix[i] = uint8(i % n)
	}
	return m
}

// encodeGIF writes frames on a canvas of w x h.
func encodeGIF(t testing.TB, w, h int, frames ...*image.Paletted) []byte {
	t.Helper()
	var b bytes.Buffer
	err := gif.EncodeAll(&b, &gif.GIF{
		Image: frames, Delay: make([]int, len(frames)), Config: image.Config{Width: w, Height: h},
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// tiffOrientation is EXIF data of one tag.
func tiffOrientation(order binary.AppendByteOrder, value int) []byte {
	b := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		b = []byte("MM\x00*")
	}
	b = order.AppendUint32(b, 8)      // the directory follows
	b = order.AppendUint16(b, 2)      // of two tags
	b = order.AppendUint16(b, 0x0100) // another one
	b = order.AppendUint16(b, 4)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint32(b, 6)
	b = order.AppendUint16(b, 0x0112)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, uint16(value))
	b = order.AppendUint16(b, 0)
	return order.AppendUint32(b, 0) // no further directory
}

// withEXIF puts EXIF data into a JPEG (behind a JFIF segment and filler) or a
// PNG.
func withEXIF(data, tiff []byte) []byte {
	if sniff(data) == JPEG {
		exif := append([]byte("Exif\x00\x00"), tiff...)
		segments := []byte("\xff\xe0\x00\x04ab\xff\xff\xe1")
		segments = binary.BigEndian.AppendUint16(segments, uint16(2+len(exif)))
		return slices.Concat(data[:2], segments, exif, data[2:])
	}
	const afterIHDR = 8 + 25
	return slices.Concat(data[:afterIHDR], pngChunk("eXIf", tiff), data[afterIHDR:])
}

func pngChunk(name string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(b, name...)
	b = append(b, body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngOfSize is a PNG that claims a size and has hardly any pixels.
func pngOfSize(w, h uint32) []byte {
	head := binary.BigEndian.AppendUint32(nil, w)
	head = binary.BigEndian.AppendUint32(head, h)
	head = append(head, 8, 6, 0, 0, 0)
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", head),
		pngChunk("IDAT", []byte("x\x9cc\x00\x00")), pngChunk("IEND", nil))
}

// jpegOfSize is a baseline JPEG of n components whose blocks are all mid-grey
// (128 in each component), of n bits of 0 each for the first block and
// nothing for the others: whole only for up to 8 x 8 pixels.
func jpegOfSize(w, h uint16, n int) []byte {
	b := []byte("\xff\xd8")
	if n == 4 { // Adobe's CMYK, not YCCK
		b = append(b, "\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"...)
	}
	b = append(b, "\xff\xdb\x00\x43\x00"...)
	b = append(b, bytes.Repeat([]byte{1}, 64)...)
	b = append(b, 0xff, 0xc0, 0, byte(8+3*n), 8, byte(h>>8), byte(h), byte(w>>8), byte(w), byte(n))
	for c := range n {
		b = append(b, byte(c+1), 0x11, 0)
	}
	for _, table := range []byte{0x00, 0x10} { // one code of one bit: nothing
		b = append(b, 0xff, 0xc4, 0, 20, table, 1)
		b = append(b, make([]byte, 15+1)...)
	}
	b = append(b, 0xff, 0xda, 0, byte(6+2*n), byte(n))
	for c := range n {
		b = append(b, byte(c+1), 0)
	}
	return append(b, 0, 63, 0, 0x00, 0xff, 0xd9)
}
